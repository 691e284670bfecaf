import { type IWidget, MathExpression, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { BundledFunction } from '../bundled-function.ts'
import { PERIOD, row } from './row.ts'
import type { Watched } from './watched.ts'

/** What AWS bills by. */
export function costWidgets({ settings, api, queues, receiver, worker, exporter }: Watched): IWidget[][] {
  const functions = { receiver, worker, exporter }
  const delivering = { profiles: queues.profiles.queue, events: queues.events.queue }
  return [
    row(
      {
        title: 'Cost: Lambda',
        unit: 'GB-seconds',
        metrics: [
          gigabyteSeconds(receiver, settings.memoryMb.receiver, 'receiver'),
          gigabyteSeconds(worker, settings.memoryMb.worker, 'worker'),
          gigabyteSeconds(exporter, settings.memoryMb.exporter, 'exporter'),
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
        metrics: Object.entries(delivering).flatMap(([label, queue]) => queueTraffic(queue, label)),
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
