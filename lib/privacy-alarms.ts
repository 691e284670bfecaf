import { Duration } from 'aws-cdk-lib'
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import { Construct } from 'constructs'
import { type Alarming, BridgeAlarm } from './alarm.ts'
import { logConsoleUrl } from './console-url.ts'

/** Rings once for what comes within the same hour. */
const ONCE_AN_HOUR = { over: 1, of: 12 }

export type PrivacyAlarmsProps = Alarming & {
  /** By the name their alarm gives them. */
  logGroups: Readonly<Record<string, ILogGroup>>
}

/** Tells when a log's data protection found personal data in a line, and masked it. */
export class PrivacyAlarms extends Construct {
  constructor(scope: Construct, id: string, { logGroups, ...alarming }: PrivacyAlarmsProps) {
    super(scope, id)
    for (const [name, logGroup] of Object.entries(logGroups))
      new BridgeAlarm(this, name, alarming, {
        title: `Personal data in the log: ${name}`,
        hurts: 'Persons whose data was written to a log. It is masked for all who lack logs:Unmask.',
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
