import { Duration } from 'aws-cdk-lib'
import { type IWidget, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { DeliveryQueues } from '../queue-urls.ts'
import { PERIOD, row } from './row.ts'
import type { Watched } from './watched.ts'

/** What waits, and for how long. */
export function queueWidgets({ settings, queues, metrics }: Watched): IWidget[][] {
  const each = <Drawn>(draw: (kind: keyof DeliveryQueues) => Drawn) => [draw('profiles'), draw('events')]
  return [
    row(
      {
        title: 'Backlog',
        unit: 'messages',
        metrics: each((kind) => waiting(queues[kind].queue, kind)),
        stacked: true,
      },
      {
        title: 'Age of the oldest message',
        unit: 's',
        metrics: each((kind) =>
          queues[kind].queue.metricApproximateAgeOfOldestMessage({
            period: PERIOD,
            statistic: Stats.MAXIMUM,
            label: kind,
          }),
        ),
        lines: each((kind) => ({
          value: Duration.minutes(settings.queues[kind].backlogAlarmMinutes).toSeconds(),
          label: `alarm of ${kind}`,
        })),
      },
      {
        title: 'Dead letters',
        unit: 'letters',
        metrics: each((kind) => waiting(queues[kind].deadLetters, kind)),
        stacked: true,
      },
      {
        title: 'Messages that went back',
        unit: 'messages',
        metrics: [metrics.one('MessagesReturned', { period: PERIOD, label: 'returned' })],
      },
    ),
  ]
}

/** Visible and in flight. A queue that is in use reports both. */
const waiting = (queue: IQueue, label: string) => {
  const figures = { period: PERIOD, statistic: Stats.MAXIMUM }
  return new MathExpression({
    expression: `${label}Visible + ${label}InFlight`,
    usingMetrics: {
      [`${label}Visible`]: queue.metricApproximateNumberOfMessagesVisible(figures),
      [`${label}InFlight`]: queue.metricApproximateNumberOfMessagesNotVisible(figures),
    },
    label,
    period: PERIOD,
  })
}
