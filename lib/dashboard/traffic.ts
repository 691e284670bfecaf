import { Duration } from 'aws-cdk-lib'
import {
  AlarmStatusWidget,
  type IWidget,
  MathExpression,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import { type BridgeAlarm, RUNBOOK } from '../alarms/alarm.ts'
import { logConsoleUrl, queueConsoleUrl, secretConsoleUrl } from '../console-links.ts'
import type { DeliveryQueues } from '../queues.ts'
import type { Secrets } from '../secrets.ts'
import { type DashboardContext, PERIOD, row } from './graphs.ts'

const HEIGHT = 10
const HALF = 12

/** Shows what to look at first, where to go from there, and which alarms are firing. */
export const firstLookWidgets = (
  context: DashboardContext,
  secrets: Secrets,
  alarms: readonly BridgeAlarm[],
): IWidget[][] => [
  [
    new TextWidget({ markdown: firstLook(context, secrets, alarms), width: HALF, height: HEIGHT }),
    new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: HALF, height: HEIGHT }),
  ],
]

const firstLook = (
  { settings, queues, functions, api }: DashboardContext,
  secrets: Secrets,
  alarms: readonly BridgeAlarm[],
) => `
# ${settings.stackName}

1. **Do rows come in, and does as much come out?** *Rows*. If nothing comes in, look at *Requests of senders*.
2. **Does something wait?** *Backlog* and *Age of the oldest message*. If so, *Answers of Braze* tells why: \
401, 403, 404 hold everything until a person mends something; 429, 5xx and none drain by themselves.
3. **Was something parked?** *Dead letters*, and *Parked, by reason*.

Queues: ${links({
  profiles: queueConsoleUrl(queues.profiles.queue),
  events: queueConsoleUrl(queues.events.queue),
  'dead letters of profiles': queueConsoleUrl(queues.profiles.deadLetters),
  'dead letters of events': queueConsoleUrl(queues.events.deadLetters),
})}

Logs: ${links({
  ...Object.fromEntries(
    Object.entries(functions).map(([name, { logGroup }]) => [name, logConsoleUrl(logGroup)]),
  ),
  API: logConsoleUrl(api.accessLog),
})}; the saved queries stand in Logs Insights under *Queries*, ${settings.stackName}

Secrets: ${links({ 'Braze key': secretConsoleUrl(secrets.braze), 'inbound token': secretConsoleUrl(secrets.inbound) })}

What to do: ${RUNBOOK} of the repository, under the heading that the alarm names: ${[...new Set(alarms.map(({ runbook }) => runbook))].join(' | ')}
`

const links = (urls: Readonly<Record<string, string>>) =>
  Object.entries(urls)
    .map(([name, url]) => `[${name}](${url})`)
    .join(' | ')

/** Shows how senders get through. */
export const intakeWidgets = ({ api, metrics, functions }: DashboardContext): IWidget[][] => [
  row(
    {
      title: 'Requests of senders',
      unit: 'requests',
      metrics: [
        api.metricRequests({ period: PERIOD, label: 'all' }),
        api.metricClientErrors({ period: PERIOD, label: '4xx' }),
        api.metricTurnedAway({ period: PERIOD, label: '429 and 401' }),
        api.metricServerErrors({ period: PERIOD, label: '5xx' }),
        ...(functions.exporter
          ? [
              metrics.one('ExportRequests', { period: PERIOD, label: '/users/export/ids' }),
              metrics.one('ProfilesRequested', { period: PERIOD, label: 'profiles asked for there' }),
            ]
          : []),
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

const MEDIAN = Stats.percentile(50)
const P99 = Stats.percentile(99)

/** Shows what came in and what became of it, in total, by connection and by reason, and how long it took. */
export function flowWidgets({ metrics }: DashboardContext): IWidget[][] {
  const deliveryTime = (kind: 'profiles' | 'events', statistic: string, label: string) =>
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
          deliveryTime('profiles', MEDIAN, 'median'),
          deliveryTime('profiles', P99, '99 of 100'),
          deliveryTime('events', MEDIAN, 'median'),
          deliveryTime('events', P99, '99 of 100'),
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

/** Shows what waits, and for how long. */
export function queueWidgets({ settings, queues, metrics }: DashboardContext): IWidget[][] {
  const forBothQueues = <Drawn>(draw: (kind: keyof DeliveryQueues) => Drawn) => [
    draw('profiles'),
    draw('events'),
  ]
  return [
    row(
      {
        title: 'Backlog',
        unit: 'messages',
        metrics: forBothQueues((kind) => messagesInQueue(queues[kind].queue, kind)),
        stacked: true,
      },
      {
        title: 'Age of the oldest message',
        unit: 's',
        metrics: forBothQueues((kind) =>
          queues[kind].queue.metricApproximateAgeOfOldestMessage({
            period: PERIOD,
            statistic: Stats.MAXIMUM,
            label: kind,
          }),
        ),
        annotations: forBothQueues((kind) => ({
          value: Duration.minutes(settings.queues[kind].backlogAlarmMinutes).toSeconds(),
          label: `alarm of ${kind}`,
        })),
      },
      {
        title: 'Dead letters',
        unit: 'letters',
        metrics: forBothQueues((kind) => messagesInQueue(queues[kind].deadLetters, kind)),
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

/** Adds up visible messages and those in flight. A queue in use reports both. */
const messagesInQueue = (queue: IQueue, label: string) => {
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
