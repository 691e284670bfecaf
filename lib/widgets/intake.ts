import { type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { PERIOD, row } from './row.ts'
import type { Watched } from './watched.ts'

/** How senders get through. */
export const intakeWidgets = ({ api, metrics }: Watched): IWidget[][] => [
  row(
    {
      title: 'Requests of senders',
      unit: 'requests',
      metrics: [
        api.metricRequests({ period: PERIOD, label: 'all' }),
        api.metricClientErrors({ period: PERIOD, label: '4xx' }),
        api.metricServerErrors({ period: PERIOD, label: '5xx' }),
        metrics.one('ExportRequests', { period: PERIOD, label: '/users/export/ids' }),
      ],
    },
    {
      title: 'Requests that failed',
      unit: 'requests',
      metrics: [
        metrics.one('RequestsRefused', { period: PERIOD, label: '401' }),
        metrics.one('RequestsUnavailable', { period: PERIOD, label: '503' }),
        metrics.one('RequestsFailed', { period: PERIOD, label: 'surprises' }),
      ],
    },
    {
      title: 'Time to answer a sender',
      unit: 'ms',
      metrics: [
        api.metricLatency({ period: PERIOD, statistic: Stats.percentile(50), label: 'median' }),
        api.metricLatency({ period: PERIOD, statistic: Stats.percentile(99), label: '99 of 100' }),
      ],
    },
  ),
]
