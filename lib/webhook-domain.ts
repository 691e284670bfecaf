import { DomainName, SecurityPolicy } from 'aws-cdk-lib/aws-apigatewayv2'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53'
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import type { Domain, MutualTls } from './domain-settings.ts'

export type WebhookDomainProps = { domain: Domain; mutualTls: MutualTls | undefined }

/** A custom domain for the webhook, with client certificates if they are configured. */
export class WebhookDomain extends Construct {
  readonly domainName: DomainName
  /** The DNS record that a person has to set, unless the stack sets it. */
  readonly cname: string | undefined

  constructor(scope: Construct, id: string, { domain, mutualTls }: WebhookDomainProps) {
    super(scope, id)
    const certificate = (name: string, arn: string) => Certificate.fromCertificateArn(this, name, arn)
    this.domainName = new DomainName(this, 'Name', {
      domainName: domain.name,
      securityPolicy: SecurityPolicy.TLS_1_2,
      certificate: certificate('Certificate', domain.certificateArn),
      ...(mutualTls && {
        mtls: {
          bucket: Bucket.fromBucketName(this, 'TruststoreBucket', mutualTls.truststoreBucket),
          key: mutualTls.truststoreKey,
          ...(mutualTls.truststoreVersion && { version: mutualTls.truststoreVersion }),
        },
      }),
      ...(mutualTls?.ownershipCertificateArn && {
        ownershipCertificate: certificate('OwnershipCertificate', mutualTls.ownershipCertificateArn),
      }),
    })
    const { regionalDomainName, regionalHostedZoneId } = this.domainName
    if (domain.hostedZone) {
      const { id: hostedZoneId, name: zoneName } = domain.hostedZone
      new ARecord(this, 'Alias', {
        zone: HostedZone.fromHostedZoneAttributes(this, 'Zone', { hostedZoneId, zoneName }),
        recordName: `${domain.name}.`,
        target: RecordTarget.fromAlias(
          new ApiGatewayv2DomainProperties(regionalDomainName, regionalHostedZoneId),
        ),
      })
    } else this.cname = `${domain.name} CNAME ${regionalDomainName}`
  }
}
