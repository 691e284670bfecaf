import { Duration } from 'aws-cdk-lib'
import { Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { queueConsoleUrl } from '../console-links.ts'
import type { DeliveryQueue } from '../queues.ts'
import { type AlarmContext, BridgeAlarm } from './alarm.ts'

const ONE_MINUTE = { period: Duration.minutes(1), statistic: Stats.MAXIMUM }
const FIVE_MINUTES = { period: Duration.minutes(5), statistic: Stats.MAXIMUM }
const ONE_DAY = { period: Duration.days(1), statistic: Stats.AVERAGE }

/** In days. After 14 days, SQS deletes a message silently. */
const AGES_IN_DAYS = [1, 7, 12]
const DELETION_WARNING = 'In two days SQS deletes the oldest of them for good.'

/**
 * Somebody who looks at dead letters hides them for up to 15 minutes. That must not end the alarm and make it
 * fire again.
 */
const WHILE_SOMEBODY_LOOKS = { over: 1, of: 20 }

/** A figure that SQS reports late must not make the alarm fire again either. */
const AT_ONCE = { over: 1, of: 3 }

export type QueueAlarmsProps = AlarmContext & {
  delivery: DeliveryQueue
  /** What the queue carries, in the words of the alarm's reader. */
  contents: string
  backlogAlarmMinutes: number
  dashboardUrl: string
}

/** Fires when something was parked, and when messages or dead letters have waited too long. */
export class QueueAlarms extends Construct {
  constructor(scope: Construct, id: string, props: QueueAlarmsProps) {
    super(scope, id)
    this.#watchDeadLetters(props)
    this.#watchBacklog(props)
  }

  #watchDeadLetters({ delivery: { deadLetters }, contents, ...alarmContext }: QueueAlarmsProps): void {
    const lookFirst = { at: 'the letters, which tell their reason', url: queueConsoleUrl(deadLetters) }
    new BridgeAlarm(this, 'Parked', alarmContext, {
      title: `Dead letters: ${contents}`,
      impact: `People whose ${contents} did not reach Braze. All others flow on.`,
      lookFirst,
      runbook: 'Dead letters wait',
      // NumberOfMessagesSent would miss what SQS moves itself.
      metric: deadLetters.metricApproximateNumberOfMessagesVisible(ONE_MINUTE),
      threshold: 1,
      periods: WHILE_SOMEBODY_LOOKS,
    })
    const shared = {
      impact: `People whose ${contents} have not reached Braze, for as long as nobody mends the cause.`,
      lookFirst,
      runbook: 'Dead letters grow old',
    } as const
    for (const days of AGES_IN_DAYS)
      new BridgeAlarm(this, `ParkedFor${days}Days`, alarmContext, {
        ...shared,
        title: `Dead letters ${inDays(days)} old: ${contents}`,
        impact: days === AGES_IN_DAYS.at(-1) ? `${shared.impact} ${DELETION_WARNING}` : shared.impact,
        // The age counts from the arrival of the dead letter (SQS developer guide, "Available CloudWatch
        // metrics").
        metric: deadLetters.metricApproximateAgeOfOldestMessage(FIVE_MINUTES),
        threshold: Duration.days(days).toSeconds(),
        periods: AT_ONCE,
      })
    // This alarm backs up the age, in which SQS does not count messages that were received three times (same
    // page): looking at a dead letter receives it. In the average of a day, a dead letter that is looked at
    // now and then still counts as almost one. Seven days are the longest that an alarm can look back.
    new BridgeAlarm(this, 'ParkedAllWeek', alarmContext, {
      ...shared,
      title: `Dead letters all week: ${contents}`,
      metric: deadLetters.metricApproximateNumberOfMessagesVisible(ONE_DAY),
      threshold: 0.9,
      periods: { over: 7, of: 7 },
    })
  }

  /**
   * In this age, too, SQS may not count messages that were received three times. What holds messages back
   * without end has alarms of its own: DeliveryAlarms.
   */
  #watchBacklog({ delivery: { queue }, contents, ...props }: QueueAlarmsProps): void {
    const { backlogAlarmMinutes, dashboardUrl, ...alarmContext } = props
    const shared = {
      lookFirst: { at: 'what Braze answers, on the dashboard', url: dashboardUrl },
      metric: queue.metricApproximateAgeOfOldestMessage(ONE_MINUTE),
      periods: AT_ONCE,
    }
    new BridgeAlarm(this, 'Backlog', alarmContext, {
      ...shared,
      title: `Backlog: ${contents}`,
      impact: `Campaigns: ${contents} reach Braze ${backlogAlarmMinutes} minutes late or later. Nothing is lost.`,
      runbook: 'Messages wait too long',
      threshold: Duration.minutes(backlogAlarmMinutes).toSeconds(),
    })
    for (const days of AGES_IN_DAYS)
      new BridgeAlarm(this, `BacklogFor${days}Days`, alarmContext, {
        ...shared,
        title: `Backlog ${inDays(days)} old: ${contents}`,
        impact: `Campaigns: Braze is ${inDays(days)} behind with ${contents}. ${
          days === AGES_IN_DAYS.at(-1) ? DELETION_WARNING : 'Nothing is lost.'
        }`,
        runbook: 'Messages grow old',
        threshold: Duration.days(days).toSeconds(),
      })
  }
}

const inDays = (days: number) => (days === 1 ? '1 day' : `${days} days`)
