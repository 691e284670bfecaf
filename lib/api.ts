import { type Duration, Fn, Stack, Validations } from 'aws-cdk-lib'
import { AccessLogField, AccessLogFormat } from 'aws-cdk-lib/aws-apigateway'
import {
  CfnRoute,
  CfnStage,
  HttpApi,
  HttpMethod,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2'
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations'
import { type IMetric, MathExpression, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { CfnPermission, type IFunction } from 'aws-cdk-lib/aws-lambda'
import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { METRICS_NAMESPACE } from '../functions/shared/metrics.ts'
import { type DataRetention, ProtectedLogGroup } from './retention.ts'
import { PERMANENT_ROUTES, type Route, routesOf } from './routes.ts'
import type { Settings } from './settings.ts'
import { WebhookDomain } from './webhook-domain.ts'

/**
 * What the access log holds: what AWS knows about a request without looking at what the sender wrote. It has no
 * path, query string or header, because each may name a person, and no address unless the settings ask for it.
 */
const accessLogFormat = ({ logSourceAddresses }: Settings) =>
  AccessLogFormat.custom(
    JSON.stringify({
      ...ACCESS_LOG,
      ...(logSourceAddresses && { sourceIp: AccessLogField.contextIdentitySourceIp() }),
    }),
  )

const ACCESS_LOG = {
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
}

/** Too many requests, and requests without valid credentials. */
const TURNED_AWAY = ['429', '401']

/** The access log has the status as a text. */
const isStatus = (status: string) => FilterPattern.stringValue('$.status', '=', status)

export type ReceiverApiProps = {
  settings: Settings
  receiver: IFunction
  /** Absent if no connection may read profiles. */
  exporter: IFunction | undefined
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
  readonly #turnedAway: MetricFilter

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
      holdsAddresses: settings.logSourceAddresses,
    })
    this.#turnedAway = new MetricFilter(this, 'TurnedAway', {
      logGroup: this.accessLog,
      filterPattern: FilterPattern.any(...TURNED_AWAY.map(isStatus)),
      // A filter adds no dimension with a fixed value, so the namespace keeps the metrics of two stacks apart.
      metricNamespace: `${METRICS_NAMESPACE}/${settings.stackName}`,
      metricName: 'RequestsTurnedAway',
    })
    this.accessLog.replaceWithoutKeeping()
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
      accessLogSettings: {
        destination: new LogGroupLogDestination(this.accessLog),
        format: accessLogFormat(settings),
      },
      ...(domain && { domainMapping: { domainName: domain.domainName } }),
    })
    this.url = settings.domain ? `https://${settings.domain.name}` : stage.url.replace(/\/$/, '')
    this.cname = domain?.cname
    this.#addRoutes(stage, settings, {
      receiver: integrationOf('Receiver', receiver),
      ...(exporter && { exporter: integrationOf('Exporter', exporter) }),
    })
    Validations.of(api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason: 'The functions authenticate each request themselves, before they read the body.',
    })
  }

  /** Adds the routes, and limits to those that every stack has. */
  #addRoutes(
    stage: HttpStage,
    { connections, throttle }: Settings,
    integrations: Partial<Record<Route['to'], HttpLambdaIntegration>>,
  ): void {
    for (const { path, to } of routesOf(connections)) {
      const integration = integrations[to]
      if (!integration) throw new Error(`nothing handles ${path}`)
      // Every method is routed, because a sender's connection test may be a GET or a HEAD.
      this.#api.addRoutes({ path, methods: [HttpMethod.ANY], integration })
    }
    const parts = this.#api.node.findAll()
    const routes = parts.filter((part) => part instanceof CfnRoute)
    const permissions = parts.filter((part) => part instanceof CfnPermission)
    // A route is live at once, and without the permission its requests would be answered 500.
    for (const route of routes) for (const permission of permissions) route.addDependency(permission)
    const { defaultChild } = stage.node
    if (!(defaultChild instanceof CfnStage)) throw new Error('a stage consists of a CfnStage')
    const permanent = PERMANENT_ROUTES.map(({ path }) => `${HttpMethod.ANY} ${path}`)
    defaultChild.routeSettings = Object.fromEntries(permanent.map((key) => [key, limitOf(throttle)]))
    // API Gateway accepts the settings of a route only once there is the route.
    for (const route of routes) if (permanent.includes(route.routeKey)) defaultChild.addDependency(route)
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

  /** The requests that were answered 429 or 401, whether by API Gateway or by a function. */
  metricTurnedAway(options: MetricOptions): IMetric {
    return this.#turnedAway.metric({ ...options, statistic: Stats.SUM })
  }

  /**
   * The share of those requests in percent.
   * @param options.least with fewer of them in a period, the share counts as 0.
   */
  metricTurnedAwayPercent({ period, least }: { period: Duration; least: number }): IMetric {
    return new MathExpression({
      expression: `IF(turnedAway >= ${least}, 100 * turnedAway / requests, 0)`,
      usingMetrics: {
        turnedAway: this.metricTurnedAway({ period }),
        requests: this.metricRequests({ period }),
      },
      label: '% of the requests: 429 and 401',
      period,
    })
  }

  /** From the request's arrival to the end of the answer, in milliseconds. */
  metricLatency(options: MetricOptions): IMetric {
    return this.#api.metricLatency(options)
  }
}

/**
 * The name of the access log. API Gateway adds each log group that is not under `/aws/vendedlogs/` to one
 * policy of the account, which may have at most 5,120 characters. Beyond that, no stage with an access log can be made
 * (CloudWatch Logs user guide, "Log group resource policy size limit considerations"). The end of the stack's
 * id makes the name unique, because the log group of a deleted stack of this name may still exist.
 */
function accessLogName(scope: Construct): string {
  const { stackName, stackId } = Stack.of(scope)
  return `/aws/vendedlogs/${stackName}/${Fn.select(2, Fn.split('/', stackId))}`
}

/**
 * One permission for each function covers all of its routes. One for each route would exceed the 20 KB of a
 * function's policy (AWS Lambda developer guide, "Quotas") with a few dozen connections.
 */
const integrationOf = (id: string, handler: IFunction) =>
  new HttpLambdaIntegration(id, handler, { scopePermissionToRoute: false })

/** The names are CloudFormation's, because the CDK passes the settings of routes on as they are. */
type RouteLimit = { ThrottlingRateLimit: number; ThrottlingBurstLimit: number }

const limitOf = ({ requestsPerSecond, burst }: Settings['throttle']): RouteLimit => ({
  ThrottlingRateLimit: requestsPerSecond,
  ThrottlingBurstLimit: burst,
})
