import { Duration } from 'aws-cdk-lib'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import type { ReceiverApi } from '../api.ts'
import type { BundledFunction } from '../bundled-function.ts'
import { logConsoleUrl } from '../console-links.ts'
import { bridgeMetrics } from '../metrics.ts'
import type { Settings } from '../settings.ts'
import { type AlarmContext, BridgeAlarm } from './alarm.ts'

const FIVE_MINUTES = Duration.minutes(5)
const P99 = Stats.percentile(99)

const TWICE_IN_HALF_AN_HOUR = { over: 2, of: 6 }
/** A flood lasts for several periods. Another alarm reports a few wrong requests. */
const TWICE_IN_A_QUARTER_HOUR = { over: 2, of: 3 }
const THREE_IN_A_ROW = { over: 3, of: 3 }

/**
 * A sender with wrong credentials may send only once a day, so the first rejection fires the alarm. An hour
 * of rejections fires it once.
 */
const ONCE_AN_HOUR = { over: 1, of: 12 }

/** In percent of the requests in five minutes. */
const TURNED_AWAY_PERCENT = 10

/** Fewer rejected requests than this in five minutes are not a flood, even if all requests are rejected. */
const LEAST_TURNED_AWAY = 20

export type IntakeAlarmsProps = AlarmContext & {
  settings: Settings
  api: ReceiverApi
  receiver: BundledFunction
  exporter: BundledFunction | undefined
  dashboardUrl: string
}

/** Fires when senders don't get through, or send nothing. */
export class IntakeAlarms extends Construct {
  constructor(scope: Construct, id: string, props: IntakeAlarmsProps) {
    super(scope, id)
    const { settings, api, receiver, exporter, dashboardUrl, ...alarmContext } = props
    const { latencyAlarmSeconds, silenceAlarmHours } = settings
    const metrics = bridgeMetrics(alarmContext.stackName)
    const receiverLog = { at: 'the log of the receiver', url: logConsoleUrl(receiver.logGroup) }

    new BridgeAlarm(this, 'ServerErrors', alarmContext, {
      title: 'The bridge answers 5xx',
      impact: 'Senders: their requests were not taken, and have to be sent again.',
      lookFirst: receiverLog,
      runbook: 'The bridge answers 5xx',
      metric: api.metricServerErrors({ period: FIVE_MINUTES }),
      threshold: 1,
      periods: TWICE_IN_HALF_AN_HOUR,
    })
    new BridgeAlarm(this, 'Slow', alarmContext, {
      title: 'The bridge answers slowly',
      impact: 'Senders: they may give up waiting, and send the same again.',
      lookFirst: { at: 'the latency, on the dashboard', url: dashboardUrl },
      runbook: 'The bridge answers slowly',
      metric: api.metricLatency({ period: FIVE_MINUTES, statistic: P99 }),
      threshold: Duration.seconds(latencyAlarmSeconds).toMilliseconds(),
      periods: THREE_IN_A_ROW,
    })
    new BridgeAlarm(this, 'Refused', alarmContext, {
      title: 'Credentials are rejected',
      impact:
        'A sender whose credentials are wrong: none of its rows are taken. Or nobody, if a stranger knocks.',
      lookFirst: receiverLog,
      runbook: 'Credentials are rejected',
      metric: metrics.one('RequestsRefused', { period: FIVE_MINUTES }),
      threshold: 1,
      periods: ONCE_AN_HOUR,
    })
    new BridgeAlarm(this, 'ReceiverThrottled', alarmContext, {
      title: 'The receiver is throttled',
      impact:
        'Senders: their requests were not taken, since the account has no more Lambda concurrency to give.',
      lookFirst: { at: 'the concurrency, on the dashboard', url: dashboardUrl },
      runbook: 'A function is throttled',
      metric: receiver.function.metricThrottles({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 1,
      periods: TWICE_IN_HALF_AN_HOUR,
    })
    new BridgeAlarm(this, 'TurnedAway', alarmContext, {
      title: 'Many requests are rejected',
      impact:
        'Senders whose requests are answered 429 or 401: these rows are not stored. If the requests come from outsiders, nobody.',
      lookFirst: { at: 'the access log', url: logConsoleUrl(api.accessLog) },
      runbook: 'Many requests are rejected',
      metric: api.metricTurnedAwayPercent({ period: FIVE_MINUTES, least: LEAST_TURNED_AWAY }),
      threshold: TURNED_AWAY_PERCENT,
      periods: TWICE_IN_A_QUARTER_HOUR,
    })
    if (exporter)
      new BridgeAlarm(this, 'ExporterFails', alarmContext, {
        title: 'The exporter fails',
        impact: 'Senders that ask for profiles by /users/export/ids. Delivery to Braze is not touched.',
        lookFirst: { at: 'the log of the exporter', url: logConsoleUrl(exporter.logGroup) },
        runbook: 'The exporter fails',
        metric: exporter.function.metricErrors({ period: FIVE_MINUTES, statistic: Stats.SUM }),
        threshold: 1,
        periods: TWICE_IN_HALF_AN_HOUR,
      })
    if (silenceAlarmHours !== undefined)
      new BridgeAlarm(this, 'Silence', alarmContext, {
        title: 'Nothing is received',
        impact: `Campaigns: no row was taken for ${silenceAlarmHours} hours, so audiences in Braze stand still.`,
        lookFirst: receiverLog,
        runbook: 'Nothing is received',
        metric: metrics.one('RowsAccepted', { period: Duration.hours(1) }),
        threshold: 1,
        comparison: 'below',
        periods: { over: silenceAlarmHours, of: silenceAlarmHours },
        // Nothing is measured while nothing comes in.
        missingData: 'trouble',
      })
  }
}

export type PrivacyAlarmsProps = AlarmContext & {
  /** Log groups by the name that their alarm gives them. */
  logGroups: Readonly<Record<string, ILogGroup>>
}

/** Fires when a log group's data protection found personal data in a line, and masked it. */
export class PrivacyAlarms extends Construct {
  constructor(scope: Construct, id: string, { logGroups, ...alarmContext }: PrivacyAlarmsProps) {
    super(scope, id)
    for (const [name, logGroup] of Object.entries(logGroups))
      new BridgeAlarm(this, name, alarmContext, {
        title: `Personal data in the log: ${name}`,
        impact: 'Persons whose data was written to a log. It is masked for all who lack logs:Unmask.',
        lookFirst: { at: 'the log', url: logConsoleUrl(logGroup) },
        runbook: 'Personal data in a log',
        metric: new Metric({
          namespace: 'AWS/Logs',
          metricName: 'LogEventsWithFindings',
          dimensionsMap: { DataProtectionOperation: 'Audit', LogGroupName: logGroup.logGroupName },
          statistic: Stats.SUM,
          period: Duration.minutes(5),
        }),
        threshold: 1,
        periods: ONCE_AN_HOUR,
      })
  }
}
