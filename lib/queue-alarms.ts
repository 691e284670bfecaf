import { Duration } from 'aws-cdk-lib'
import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import { queueConsoleUrl } from './console-url.ts'
import type { DeliveryQueue } from './delivery-queue.ts'

const PERIOD = Duration.minutes(1)

export type QueueAlarmsProps = {
  delivery: DeliveryQueue
  /** What the queue carries, as the alarm's reader calls it. */
  carries: string
  backlogAlarmMinutes: number
  actions: readonly IAlarmAction[]
}

/** Tells when something was parked, and when the oldest message has waited too long. */
export class QueueAlarms extends Construct {
  constructor(scope: Construct, id: string, props: QueueAlarmsProps) {
    super(scope, id)
    const { queue, deadLetters } = props.delivery
    const alike = {
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: 1,
      // An idle queue reports nothing.
      treatMissingData: TreatMissingData.NOT_BREACHING,
    }
    const parked = new Alarm(this, 'Parked', {
      ...alike,
      // NumberOfMessagesSent would miss what SQS moves by itself.
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({
        period: PERIOD,
        statistic: Stats.MAXIMUM,
      }),
      threshold: 1,
      alarmDescription:
        `Some ${props.carries} did not reach Braze and wait in the dead-letter queue, for 14 days at most. ` +
        `Each letter tells its reason: ${queueConsoleUrl(deadLetters)}`,
    })
    const backlog = new Alarm(this, 'Backlog', {
      ...alike,
      metric: queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: Stats.MAXIMUM }),
      threshold: Duration.minutes(props.backlogAlarmMinutes).toSeconds(),
      alarmDescription:
        `Some ${props.carries} have waited ${props.backlogAlarmMinutes} minutes or longer for Braze. Nothing is lost. ` +
        `The worker's log tells what it waits for; the queue: ${queueConsoleUrl(queue)}`,
    })
    for (const action of props.actions) {
      parked.addAlarmAction(action)
      backlog.addAlarmAction(action)
    }
  }
}
