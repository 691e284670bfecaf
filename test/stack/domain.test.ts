import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import { outputsOf } from './outputs-of.ts'
import { everyOption, propertiesOf, synthesise, synthesised } from './synthesise.ts'

const only = (template: Template, type: string) => Object.values(propertiesOf(template, type))

const { mutualTls: _, ...withZone } = everyOption
const domain = { name: 'bridge.example.com', certificateArn: everyOption.domain?.certificateArn ?? '' }

test.each([
  ['stays open without a domain', synthesise(), false],
  ['stays, for senders that know it already, with a domain', synthesise({ domain }), false],
  ['is closed with client certificates, so that no way leads round them', synthesised(everyOption), true],
])('the endpoint of AWS %s', (_, template, DisableExecuteApiEndpoint) => {
  expect(only(template, 'AWS::ApiGatewayV2::Api')).toMatchObject([{ DisableExecuteApiEndpoint }])
  expect(JSON.stringify(outputsOf(template)).includes('execute-api')).toBe(template === synthesise())
})

test('without a domain there is none', () => {
  synthesise().resourceCountIs('AWS::ApiGatewayV2::DomainName', 0)
  synthesise().resourceCountIs('AWS::Route53::RecordSet', 0)
})

describe('with a domain', () => {
  const template = synthesise({ domain })

  test('the API answers there, with TLS 1.2 at least and no certificate of the sender’s', () => {
    expect(only(template, 'AWS::ApiGatewayV2::DomainName')).toEqual([
      {
        DomainName: 'bridge.example.com',
        DomainNameConfigurations: [
          {
            CertificateArn: 'arn:aws:acm:eu-west-1:000000000000:certificate/fixture-domain',
            EndpointType: 'REGIONAL',
            SecurityPolicy: 'TLS_1_2',
          },
        ],
      },
    ])
    expect(Object.values(template.findResources('AWS::ApiGatewayV2::ApiMapping'))).toMatchObject([
      {
        Properties: { ApiId: { Ref: 'WebhookApi427E2EB3' }, Stage: '$default' },
        DependsOn: expect.arrayContaining([expect.stringMatching(/^WebhookStage/)]),
      },
    ])
  })

  test('the outputs show it, and what to set in DNS', () => {
    const outputs = outputsOf(template)
    expect(outputs.Step1ActivationsUrl).toBe('https://bridge.example.com/v1/activations')
    expect(JSON.parse(outputs.ForOperators ?? '')).toMatchObject({
      webhookUrl: 'https://bridge.example.com',
    })
    expect(outputs.Step1CnameToSet).toMatch(/^bridge\.example\.com CNAME .*RegionalDomainName/)
  })
})

describe('with a domain in a zone of Route 53', () => {
  const template = synthesised(withZone)

  test('the stack points it at the API, and leaves nothing to set', () => {
    expect(only(template, 'AWS::Route53::RecordSet')).toEqual([
      {
        Name: 'bridge.example.com.',
        Type: 'A',
        HostedZoneId: 'ZFIXTURE7731',
        AliasTarget: {
          DNSName: { 'Fn::GetAtt': [expect.stringMatching(/^WebhookDomain/), 'RegionalDomainName'] },
          HostedZoneId: { 'Fn::GetAtt': [expect.stringMatching(/^WebhookDomain/), 'RegionalHostedZoneId'] },
        },
      },
    ])
    expect(outputsOf(template)).not.toHaveProperty('Step1CnameToSet')
  })
})

describe('with client certificates', () => {
  const template = synthesised(everyOption)

  test('the domain asks for one that the truststore vouches for', () => {
    expect(only(template, 'AWS::ApiGatewayV2::DomainName')).toMatchObject([
      {
        DomainNameConfigurations: [
          {
            OwnershipVerificationCertificateArn:
              'arn:aws:acm:eu-west-1:000000000000:certificate/fixture-ownership',
          },
        ],
        MutualTlsAuthentication: {
          TruststoreUri: 's3://fixture-truststores/senders.pem',
          TruststoreVersion: 'fixture-version-3',
        },
      },
    ])
  })

  test('the operators’ commands are told', () => {
    expect(JSON.parse(outputsOf(template).ForOperators ?? '')).toMatchObject({ mutualTls: true })
    expect(JSON.parse(outputsOf(synthesise()).ForOperators ?? '')).not.toHaveProperty('mutualTls')
  })
})
