import { type IWidget, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { PERIOD, row } from './row.ts'
import type { Watched } from './watched.ts'

const MEDIAN = Stats.percentile(50)
const P99 = Stats.percentile(99)

/** What came in and what became of it: in all, by connection, by reason; and how long it took. */
export function flowWidgets({ metrics }: Watched): IWidget[][] {
  const took = (kind: 'profiles' | 'events', statistic: string, label: string) =>
    metrics.one('AcceptedToDelivered', {
      period: PERIOD,
      by: { kind },
      statistic,
      label: `${kind}: ${label}`,
    })
  const byConnection = { period: PERIOD, by: ['connection', 'kind'] } as const
  return [
    row(
      {
        title: 'Rows',
        unit: 'rows, records',
        metrics: [
          metrics.one('RowsAccepted', { period: PERIOD, label: 'accepted' }),
          metrics.one('RecordsDelivered', { period: PERIOD, label: 'delivered' }),
          metrics.one('RowsParked', { period: PERIOD, label: 'parked by the receiver' }),
          metrics.one('RecordsParked', { period: PERIOD, label: 'parked by the worker' }),
          metrics.one('RowsCaptured', { period: PERIOD, label: 'captured' }),
        ],
      },
      {
        title: 'From accepted to delivered',
        unit: 'ms',
        metrics: [
          took('profiles', MEDIAN, 'median'),
          took('profiles', P99, '99 of 100'),
          took('events', MEDIAN, 'median'),
          took('events', P99, '99 of 100'),
        ],
      },
      {
        title: 'Parked, by reason',
        unit: 'rows, records',
        metrics: [metrics.each('Parked', { period: PERIOD, by: ['code'] })],
      },
    ),
    row(
      {
        title: 'Accepted, by connection',
        unit: 'rows',
        metrics: [metrics.each('RowsAccepted', byConnection)],
      },
      {
        title: 'Delivered, by connection',
        unit: 'records',
        metrics: [metrics.each('RecordsDelivered', byConnection)],
      },
      {
        title: 'Parked or captured, by connection',
        unit: 'rows, records',
        metrics: [
          metrics.each('RowsParked', { ...byConnection, label: 'parked by the receiver:' }),
          metrics.each('RecordsParked', { ...byConnection, label: 'parked by the worker:' }),
          metrics.each('RowsCaptured', { ...byConnection, label: 'captured:' }),
        ],
      },
    ),
  ]
}
