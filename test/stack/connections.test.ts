import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { Connections } from '../../functions/shared/connection.ts'
import type { Settings } from '../../lib/settings.ts'
import { BridgeStack } from '../../lib/stack.ts'
import { appWithoutBundles, propertiesOf, settings, synthesise } from './synthesise.ts'

const namesOfSecrets = (template: Template) =>
  Object.entries(propertiesOf(template, 'AWS::SecretsManager::Secret')).map(([id, { Name }]) => [
    id.slice(0, -8),
    Name,
  ])

const several = synthesise({
  connections: Connections.parse({ default: {}, crm: {}, 'shop-2': {}, shop2: {} }),
})

describe('each further connection', () => {
  test("has a secret named after it; those that AWS names are the default one's, the Braze key and the log key", () => {
    expect(namesOfSecrets(several)).toEqual([
      ['SecretsInbound', undefined],
      ['SecretsInboundcrm', 'Fixture-bridge/connections/crm'],
      ['SecretsInboundshop2', 'Fixture-bridge/connections/shop-2'],
      ['SecretsInboundshop2', 'Fixture-bridge/connections/shop2'],
      ['SecretsBraze', undefined],
      ['SecretsLogKey', undefined],
    ])
  })

  test('is no matter of the worker: it may read no inbound secret, and knows no settings', () => {
    const template = synthesise()
    const { WorkerFunctionAF8A26AF: worker } = propertiesOf(template, 'AWS::Lambda::Function')
    expect(worker).not.toHaveProperty('Layers')
    const readers = Object.entries(propertiesOf(template, 'AWS::IAM::Policy'))
      .filter(([, policy]) => JSON.stringify(policy).includes('SecretsInbound'))
      .map(([id]) => id)
    expect(readers).toContain('ReceiverRoleDefaultPolicy662B34BB')
    expect(readers.filter((id) => id.startsWith('Worker'))).toEqual([])
  })

  test('is told how to be reached where there is one', () => {
    const [output] = Object.values(synthesise().findOutputs('Step2ConnectionSecrets'))
    const parts = z
      .object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) })
      .parse(output?.Value)
    const text = parts['Fn::Join'][1].map((part) => (typeof part === 'string' ? part : '*')).join('')
    expect(text).toMatch(
      /^Fixture-bridge\/connections\/<name> for https:\/\/.*\/v1\/<name>\/activations \(events, records\)$/,
    )
    const alone = synthesise({ connections: Connections.parse({}) })
    expect(alone.findOutputs('Step2ConnectionSecrets')).toEqual({})
  })
})

test('the receiver finds the settings of all connections in a file, and no secret', () => {
  const app = appWithoutBundles()
  const connections = Connections.parse({
    default: { defaultSplitId: '7731' },
    crm: {
      authentication: [{ kind: 'basic', user: 'fixture-user' }],
      allowedIps: ['192.0.2.0/24'],
      columns: { 'fixture-column': { drop: true } },
    },
  })
  new BridgeStack(app, 'Fixture', { stage: 'prod', settings: { ...settings, connections } })
  const { directory } = app.synth()
  const files = readdirSync(directory)
    .filter((name) => name.startsWith('asset.'))
    .flatMap((asset) => readdirSync(join(directory, asset)).map((file) => join(directory, asset, file)))
  expect(files).toEqual([expect.stringMatching(/connections\.json$/)])
  const rules = {
    mode: 'deliver',
    preferredIdentifier: 'external_id',
    flagName: 'AIQ_{audience}_{split}',
    leaveWrites: 'false',
    presenceEnters: false,
    matchStandardFields: true,
    updateExistingOnly: false,
    properties: {},
  }
  expect(JSON.parse(readFileSync(files[0] ?? '', 'utf8'))).toEqual({
    default: {
      ...rules,
      authentication: [{ kind: 'header', name: 'x-api-key' }, { kind: 'bearer' }],
      defaultSplitId: '7731',
      columns: {},
    },
    crm: {
      ...rules,
      authentication: [{ kind: 'basic', user: 'fixture-user' }],
      allowedIps: ['192.0.2.0/24'],
      defaultSplitId: '0',
      columns: { 'fixture-column': { drop: true } },
    },
  })
})

describe('fifty connections', () => {
  /** All environment variables of a function together, in bytes (AWS Lambda developer guide, "Quotas"). */
  const MAX_ENVIRONMENT_BYTES = 4_096
  /** All inline policies of a role together, in characters (IAM user guide, "IAM and STS quotas"). */
  const MAX_POLICY_CHARACTERS = 10_240
  /** One managed policy, in characters (IAM user guide, "IAM and STS quotas"). */
  const MAX_MANAGED_POLICY_CHARACTERS = 6_144

  const connections = (count: number): Settings['connections'] =>
    Connections.parse(
      Object.fromEntries(
        Array.from({ length: count }, (_, i) => [
          `c${i}-`.padEnd(40, 'x'),
          {
            authentication: [{ kind: 'hmac', header: `x-fixture-signature-${i}` }],
            signedEndpoint: 'activations',
            columns: { 'fixture-column': { rename: 'fixture-column-7731', type: 'int' } },
          },
        ]),
      ),
    )
  const longest = { stackName: 'S'.repeat(50) }

  /** The ARNs and URLs of queues and log groups in such a stack are not longer than this. */
  const SOME_ARN = 'x'.repeat(130)

  /** JSON of a part of a template, with the longest text that each reference can become once deployed. */
  const deployed = (template: Template, part: unknown) => {
    const secrets = propertiesOf(template, 'AWS::SecretsManager::Secret')
    const arnOf = (id: string) => {
      const name = secrets[id]?.Name
      return name ? `arn:aws:secretsmanager:ap-northeast-1:000000000000:secret:${name}-AbCdEf` : SOME_ARN
    }
    const Reference = z.union([
      z.strictObject({ Ref: z.string() }).transform(({ Ref }) => arnOf(Ref)),
      z.strictObject({ 'Fn::GetAtt': z.array(z.string()) }).transform(() => SOME_ARN),
    ])
    return JSON.stringify(part, (_, value) => Reference.safeParse(value).data ?? value)
  }

  test('of the longest names leave room in the environment and in the policy', () => {
    const template = synthesise({ ...longest, connections: connections(50) })
    template.resourceCountIs('AWS::SecretsManager::Secret', 53)
    const functions = Object.values(propertiesOf(template, 'AWS::Lambda::Function'))
    const environments = functions.map(({ Environment }) => deployed(template, Environment.Variables).length)
    expect(Math.max(...environments)).toBeLessThan(MAX_ENVIRONMENT_BYTES / 2)
    const policies = Object.values(propertiesOf(template, 'AWS::IAM::Policy')).map(
      ({ PolicyDocument }) => deployed(template, PolicyDocument).length,
    )
    expect(Math.max(...policies)).toBeGreaterThan(50 * 150)
    expect(Math.max(...policies)).toBeLessThan(MAX_POLICY_CHARACTERS)
  })

  test('are not the end: what does not fit into one policy goes into others', () => {
    const template = synthesise({ stackName: 'ActionIqBraze-production', connections: connections(120) })
    const sizes = (type: string) =>
      Object.values(propertiesOf(template, type)).map(
        ({ PolicyDocument }) => deployed(template, PolicyDocument).length,
      )
    expect(Math.max(...sizes('AWS::IAM::Policy'))).toBeLessThan(MAX_POLICY_CHARACTERS)
    expect(sizes('AWS::IAM::ManagedPolicy').length).toBeGreaterThan(0)
    expect(Math.max(...sizes('AWS::IAM::ManagedPolicy'))).toBeLessThan(MAX_MANAGED_POLICY_CHARACTERS)
  })
})
