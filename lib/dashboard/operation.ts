import { type IWidget, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { BRAZE_ANSWERS } from '../../functions/shared/metrics.ts'
import type { BundledFunction } from '../bundled-function.ts'
import { type DashboardContext, PERIOD, row } from './graphs.ts'

/** Shows how Braze answers, and how the requests to it compare with their limits. */
export function brazeWidgets({ settings, metrics }: DashboardContext): IWidget[][] {
  const requests = (kind: 'profiles' | 'events') =>
    metrics.one('BrazeRequests', { period: PERIOD, by: { kind } })
  return [
    row(
      {
        title: 'Answers of Braze',
        unit: 'answers',
        metrics: BRAZE_ANSWERS.map((answer) =>
          metrics.one('BrazeAnswers', { period: PERIOD, by: { answer }, label: answer }),
        ),
        stacked: true,
      },
      {
        title: 'Requests to Braze',
        unit: 'a second',
        metrics: (['profiles', 'events'] as const).map(
          (kind) =>
            new MathExpression({
              expression: `${kind}Requests / PERIOD(${kind}Requests)`,
              usingMetrics: { [`${kind}Requests`]: requests(kind) },
              label: kind,
              period: PERIOD,
            }),
        ),
        annotations: [
          { value: settings.queues.profiles.requestsPerSecond, label: 'budget of profiles' },
          { value: settings.queues.events.requestsPerSecond, label: 'budget of events' },
        ],
      },
      {
        title: 'Objects per request',
        unit: `% of ${settings.objectsPerRequest}`,
        metrics: (['profiles', 'events'] as const).map(
          (kind) =>
            new MathExpression({
              expression: `100 * ${kind}Objects / (${settings.objectsPerRequest} * ${kind}Sent)`,
              usingMetrics: {
                [`${kind}Objects`]: metrics.one('BrazeObjects', { period: PERIOD, by: { kind } }),
                [`${kind}Sent`]: requests(kind),
              },
              label: kind,
              period: PERIOD,
            }),
        ),
        max: 100,
      },
      {
        title: 'Told to slow down, or held',
        unit: '% of the requests; invocations; objects',
        metrics: [
          new MathExpression({
            expression: '100 * throttled / sent',
            usingMetrics: {
              throttled: metrics.one('BrazeThrottled', { period: PERIOD }),
              sent: metrics.one('BrazeRequests', { period: PERIOD }),
            },
            label: '429, % of the requests',
            period: PERIOD,
          }),
          metrics.one('BrazeHolding', { period: PERIOD, label: 'invocations that held everything' }),
          metrics.one('BrazeUncounted', { period: PERIOD, label: 'objects that Braze did not count' }),
        ],
      },
    ),
  ]
}

/** Shows how the functions run. */
export function functionWidgets({ functions, metrics }: DashboardContext): IWidget[][] {
  const figure = (metricName: string, statistic: string) =>
    Object.entries(functions).map(([label, { function: lambda }]) =>
      figureOf(lambda, metricName, statistic, label),
    )
  return [
    row(
      {
        title: 'Errors',
        unit: 'invocations',
        metrics: [
          // The worker's errors include timeouts and crashes, which it could not count itself.
          ...figure('Errors', Stats.SUM),
          metrics.one('InvocationsFailed', { period: PERIOD, label: 'worker: surprises' }),
        ],
      },
      { title: 'Throttles', unit: 'invocations', metrics: figure('Throttles', Stats.SUM) },
      { title: 'Duration', unit: 'ms, 99 of 100', metrics: figure('Duration', Stats.percentile(99)) },
      {
        title: 'Concurrency',
        unit: 'invocations at a time',
        metrics: figure('ConcurrentExecutions', Stats.MAXIMUM),
      },
    ),
  ]
}

const figureOf = (lambda: IFunction, metricName: string, statistic: string, label: string) =>
  lambda.metric(metricName, { period: PERIOD, statistic, label })

/** Shows what AWS bills for. */
export function costWidgets({ settings, api, queues, functions }: DashboardContext): IWidget[][] {
  const { receiver, worker, exporter } = functions
  const deliveryQueues = { profiles: queues.profiles.queue, events: queues.events.queue }
  return [
    row(
      {
        title: 'Cost: Lambda',
        unit: 'GB-seconds',
        metrics: [
          gigabyteSeconds(receiver, settings.memoryMb.receiver, 'receiver'),
          gigabyteSeconds(worker, settings.memoryMb.worker, 'worker'),
          ...(exporter ? [gigabyteSeconds(exporter, settings.memoryMb.exporter, 'exporter')] : []),
        ],
        stacked: true,
      },
      {
        title: 'Cost: invocations and API requests',
        unit: 'invocations, requests',
        metrics: [
          ...Object.entries(functions).map(([label, { function: lambda }]) =>
            lambda.metricInvocations({ period: PERIOD, statistic: Stats.SUM, label }),
          ),
          api.metricRequests({ period: PERIOD, label: 'API' }),
        ],
      },
      {
        title: 'Cost: SQS',
        unit: 'messages; empty receives',
        metrics: Object.entries(deliveryQueues).flatMap(([label, queue]) => queueTraffic(queue, label)),
      },
      {
        title: 'Cost: logs',
        unit: 'bytes',
        metrics: [
          ...Object.entries(functions).map(([label, { logGroup }]) => logBytes(logGroup, label)),
          logBytes(api.accessLog, 'API'),
        ],
        stacked: true,
      },
    ),
  ]
}

const MB_PER_GB = 1_024
const MS_PER_SECOND = 1_000

const gigabyteSeconds = ({ function: lambda }: BundledFunction, memoryMb: number, label: string) =>
  new MathExpression({
    expression: `${label}Duration * ${memoryMb} / ${MB_PER_GB} / ${MS_PER_SECOND}`,
    usingMetrics: {
      [`${label}Duration`]: lambda.metricDuration({ period: PERIOD, statistic: Stats.SUM }),
    },
    label,
    period: PERIOD,
  })

const queueTraffic = (queue: IQueue, label: string) => [
  queue.metricNumberOfMessagesSent({ period: PERIOD, statistic: Stats.SUM, label: `${label}: sent` }),
  queue.metricNumberOfMessagesReceived({ period: PERIOD, statistic: Stats.SUM, label: `${label}: received` }),
  queue.metricNumberOfMessagesDeleted({ period: PERIOD, statistic: Stats.SUM, label: `${label}: deleted` }),
  queue.metricNumberOfEmptyReceives({
    period: PERIOD,
    statistic: Stats.SUM,
    label: `${label}: empty receives`,
  }),
]

const logBytes = ({ logGroupName }: ILogGroup, label: string) =>
  new Metric({
    namespace: 'AWS/Logs',
    metricName: 'IncomingBytes',
    dimensionsMap: { LogGroupName: logGroupName },
    period: PERIOD,
    statistic: Stats.SUM,
    label,
  })
