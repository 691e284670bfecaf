import { type RemovalPolicy, Validations } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import { HttpApi, HttpMethod, HttpStage, LogGroupLogDestination } from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { LogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { Settings } from './settings.ts'

/**
 * What AWS knows of a request without looking at what the sender wrote: no path, query string, header or address,
 * since each may name a person.
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
  removalPolicy: RemovalPolicy
}

/** The webhook: an HTTP API whose every request goes to the receiver, which authenticates it. */
export class ReceiverApi extends Construct {
  /** Ends in a slash. */
  readonly url: string

  constructor(scope: Construct, id: string, { settings, receiver, removalPolicy }: ReceiverApiProps) {
    super(scope, id)
    const api = new HttpApi(this, 'Api', {
      apiName: settings.stackName,
      description: 'Takes what ActionIQ sends',
      createDefaultStage: false,
    })
    const accessLog = new LogGroup(this, 'AccessLog', { retention: settings.logRetentionDays, removalPolicy })
    const stage = new HttpStage(this, 'Stage', {
      httpApi: api,
      autoDeploy: true,
      throttle: {
        rateLimit: settings.throttle.requestsPerSecond,
        burstLimit: settings.throttle.burst,
      },
      accessLogSettings: { destination: new LogGroupLogDestination(accessLog), format: ACCESS_LOG },
    })
    this.url = stage.url
    const integration = new HttpLambdaIntegration('Receiver', receiver)
    for (const path of ['/v1/{kind}', '/v1/{connection}/{kind}']) {
      // Every method: a sender's connection test may be a GET or a HEAD.
      api.addRoutes({ path, methods: [HttpMethod.ANY], integration })
    }
    Validations.of(api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'The receiver authenticates each request itself, before it reads the body.',
    })
  }
}
