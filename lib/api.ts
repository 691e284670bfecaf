import { Fn, Stack, Validations } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  DomainName,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
  SecurityPolicy,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager'
import { type IMetric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { ARecord, HostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53'
import { ApiGatewayv2DomainProperties } from 'aws-cdk-lib/aws-route53-targets'
import { Bucket } from 'aws-cdk-lib/aws-s3'
import { Construct } from 'constructs'
import { type DataRetention, ProtectedLogGroup } from './retention.ts'
import { ROUTES } from './routes.ts'
import type { Domain, MutualTls, Settings } from './settings.ts'

/**
 * The access log holds what AWS knows about a request without looking at what the sender wrote. It has no
 * path, query string, header or address, because each may name a person.
 */
const ACCESS_LOG = AccessLogFormat.custom(
  JSON.stringify({
    requestId: AccessLogField.contextRequestId(),
    time: AccessLogField.contextRequestTime(),
    method: AccessLogField.contextHttpMethod(),
    route: AccessLogField.contextRouteKey(),
    status: AccessLogField.contextStatus(),
    responseBytes: AccessLogField.contextResponseLength(),
    latencyMs: AccessLogField.contextResponseLatency(),
    receiverMs: AccessLogField.contextIntegrationLatency(),
    receiverStatus: AccessLogField.contextIntegrationStatus(),
    apiError: AccessLogField.contextErrorResponseType(),
  }),
)

export type ReceiverApiProps = {
  settings: Settings
  receiver: IFunction
  exporter: IFunction
  dataRetention: DataRetention
}

/** The webhook: an HTTP API that passes every request to a function, which authenticates it. */
export class ReceiverApi extends Construct {
  /** Without a slash at the end: API Gateway answers 404 to a path with two slashes. */
  readonly url: string
  /** The DNS record that a person has to set for that URL, if any. */
  readonly cname: string | undefined
  /** Whether a sender needs a client certificate. */
  readonly requiresClientCertificate: boolean
  readonly accessLog: ProtectedLogGroup
  readonly #api: HttpApi

  constructor(
    scope: Construct,
    id: string,
    { settings, receiver, exporter, dataRetention }: ReceiverApiProps,
  ) {
    super(scope, id)
    this.requiresClientCertificate = settings.mutualTls !== undefined
    const api = new HttpApi(this, 'Api', {
      apiName: settings.stackName,
      description: 'Takes what ActionIQ sends',
      createDefaultStage: false,
      // Nobody asks for a certificate at that endpoint, so it would be a way around the domain that does.
      disableExecuteApiEndpoint: this.requiresClientCertificate,
    })
    this.#api = api
    this.accessLog = new ProtectedLogGroup(this, 'AccessLog', {
      logGroupName: accessLogName(this),
      retention: settings.logRetentionDays,
      dataRetention,
    })
    const domain =
      settings.domain &&
      new WebhookDomain(this, 'Domain', { domain: settings.domain, mutualTls: settings.mutualTls })
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle: {
        rateLimit: settings.throttle.requestsPerSecond,
        burstLimit: settings.throttle.burst,
      },
      accessLogSettings: { destination: new LogGroupLogDestination(this.accessLog), format: ACCESS_LOG },
      ...(domain && { domainMapping: { domainName: domain.domainName } }),
    })
    this.url = settings.domain ? `https://${settings.domain.name}` : stage.url.replace(/\/$/, '')
    this.cname = domain?.cname
    // Every method is routed, because a sender's connection test may be a GET or a HEAD.
    const addRoutes = (paths: readonly string[], integration: HttpLambdaIntegration) => {
      for (const path of paths) api.addRoutes({ path, methods: [HttpMethod.ANY], integration })
    }
    addRoutes(ROUTES.receiver, new HttpLambdaIntegration('Receiver', receiver))
    addRoutes(ROUTES.exporter, new HttpLambdaIntegration('Exporter', exporter))
    Validations.of(api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'The functions authenticate each request themselves, before they read the body.',
    })
  }

  metricRequests(options: MetricOptions): IMetric {
    return this.#api.metricCount({ ...options, statistic: Stats.SUM })
  }

  metricServerErrors(options: MetricOptions): IMetric {
    return this.#api.metricServerError({ ...options, statistic: Stats.SUM })
  }

  metricClientErrors(options: MetricOptions): IMetric {
    return this.#api.metricClientError({ ...options, statistic: Stats.SUM })
  }

  /** From the request's arrival to the end of the answer, in milliseconds. */
  metricLatency(options: MetricOptions): IMetric {
    return this.#api.metricLatency(options)
  }
}

/**
 * The name of the access log. API Gateway adds each log group that is not under `/aws/vendedlogs/` to one
 * policy of the account, which ends at 5,120 characters; after that, no stage with an access log can be made
 * (CloudWatch Logs user guide, "Log group resource policy size limit considerations"). The end of the stack's
 * id makes the name unique, because the log group of a deleted stack of this name may still exist.
 */
function accessLogName(scope: Construct): string {
  const { stackName, stackId } = Stack.of(scope)
  return `/aws/vendedlogs/${stackName}/${Fn.select(2, Fn.split('/', stackId))}`
}

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
