import { type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { PERIOD, row } from './row.ts'
import type { Watched } from './watched.ts'

/** How the three functions run. */
export function functionWidgets({ receiver, worker, exporter, metrics }: Watched): IWidget[][] {
  const figure = (metricName: string, statistic: string) =>
    Object.entries({ receiver, worker, exporter }).map(([label, { function: lambda }]) =>
      figureOf(lambda, metricName, statistic, label),
    )
  return [
    row(
      {
        title: 'Errors',
        unit: 'invocations',
        metrics: [
          // Time-outs and crashes are in the worker's errors, and not in what it could still count.
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
