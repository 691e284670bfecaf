import {
  Alarm,
  ComparisonOperator,
  type IAlarmAction,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch'
import type { Construct } from 'constructs'

/** The document in this repository that tells an operator what to do. */
export const RUNBOOK = 'docs/runbook.md'

/** The runbook's headings that belong to alarms. Each of them is in the runbook, and each has an alarm. */
export const ALARM_HEADINGS = [
  'Dead letters wait',
  'Dead letters grow old',
  'Messages wait too long',
  'Messages grow old',
  'Braze fails',
  'Braze tells to slow down',
  'Everything is held',
  'The worker fails',
  'The exporter fails',
  'A function is throttled',
  'The bridge answers 5xx',
  'The bridge answers slowly',
  'Credentials are rejected',
  'Many requests are rejected',
  'Nothing is received',
  'Personal data in a log',
] as const
export type AlarmHeading = (typeof ALARM_HEADINGS)[number]

/** What all alarms of a stack share. */
export type AlarmContext = { stackName: string; actions: readonly IAlarmAction[] }

export type BridgeAlarmProps = {
  /** The subject of the mail, behind the stack's name. */
  title: string
  /** Who is affected, and how. */
  impact: string
  /** A page of the AWS console. */
  lookFirst: { at: string; url: string }
  runbook: AlarmHeading
  metric: IMetric
  threshold: number
  /** The alarm fires at the threshold and above or, with `below`, below it. */
  comparison?: 'below'
  /**
   * How many of the last `of` periods must breach the threshold. The alarm fires as soon as that is so, and
   * ends as soon as it is not. An `of` that is larger than `over` keeps it from firing again and again.
   */
  periods: { over: number; of: number }
  /**
   * What a period without data means. Idle queues and functions report nothing, so by default it counts as
   * quiet.
   */
  missingData?: 'trouble'
}

/** An alarm whose description answers three questions: who is affected, where to look first, and what to do. */
export class BridgeAlarm extends Alarm {
  readonly runbook: AlarmHeading

  constructor(scope: Construct, id: string, { stackName, actions }: AlarmContext, props: BridgeAlarmProps) {
    const { title, impact, lookFirst, runbook, metric, threshold, comparison, periods, missingData } = props
    super(scope, id, {
      alarmName: `${stackName} - ${title}`,
      alarmDescription: [
        `Who is hurt: ${impact}`,
        `Look first at ${lookFirst.at}: ${lookFirst.url}`,
        `What to do: ${RUNBOOK}, "${runbook}"`,
      ].join('\n\n'),
      metric,
      threshold,
      comparisonOperator:
        comparison === 'below'
          ? ComparisonOperator.LESS_THAN_THRESHOLD
          : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      datapointsToAlarm: periods.over,
      evaluationPeriods: periods.of,
      treatMissingData:
        missingData === 'trouble' ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    })
    this.runbook = runbook
    for (const action of actions) this.addAlarmAction(action)
  }
}
