import { Duration } from 'aws-cdk-lib'
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import { Construct } from 'constructs'
import type { BrazeAnswerClass } from '../../functions/shared/metrics.ts'
import type { BundledFunction } from '../bundled-function.ts'
import { logConsoleUrl } from '../console-links.ts'
import { type BridgeMetrics, bridgeMetrics } from '../metrics.ts'
import { type AlarmContext, BridgeAlarm } from './alarm.ts'

const FIVE_MINUTES = Duration.minutes(5)
const QUARTER_HOUR = Duration.minutes(15)

/** A lane that is held comes back within 15 minutes, so half an hour shows every hold again. */
const FOR_HALF_AN_HOUR = { over: 1, of: 6 }

/** A function that failed once is retried, but two failures within half an hour are no accident. */
const TWICE_IN_HALF_AN_HOUR = { over: 2, of: 6 }

/**
 * Three of the last four quarters of an hour. A single better quarter neither ends the alarm nor makes it
 * fire again.
 */
const MOST_OF_AN_HOUR = { over: 3, of: 4 }

/** In percent of the requests in a quarter of an hour. */
const FAILING_PERCENT = 50
const THROTTLED_PERCENT = 10

export type DeliveryAlarmsProps = AlarmContext & { worker: BundledFunction; dashboardUrl: string }

/** Fires when Braze, its key or the worker keeps records from being delivered. */
export class DeliveryAlarms extends Construct {
  constructor(scope: Construct, id: string, { worker, dashboardUrl, ...alarmContext }: DeliveryAlarmsProps) {
    super(scope, id)
    const metrics = bridgeMetrics(alarmContext.stackName)
    const log = { at: 'the log of the worker', url: logConsoleUrl(worker.logGroup) }
    const dashboard = { at: 'what Braze answers, on the dashboard', url: dashboardUrl }

    new BridgeAlarm(this, 'Holding', alarmContext, {
      title: 'Everything is held',
      impact: 'Everybody: nothing reaches Braze until a person mends something. Nothing is lost.',
      lookFirst: { ...log, at: 'the log of the worker, which says what to mend' },
      runbook: 'Everything is held',
      metric: metrics.one('BrazeHolding', { period: FIVE_MINUTES }),
      threshold: 1,
      periods: FOR_HALF_AN_HOUR,
    })
    const failing = {
      impact: 'Everybody: little or nothing reaches Braze. It drains by itself once Braze is back.',
      lookFirst: dashboard,
      runbook: 'Braze fails',
      threshold: FAILING_PERCENT,
      periods: MOST_OF_AN_HOUR,
    } as const
    new BridgeAlarm(this, 'BrazeFails', alarmContext, {
      ...failing,
      title: 'Braze answers 5xx',
      metric: shareOfRequests(metrics, '5xx'),
    })
    new BridgeAlarm(this, 'BrazeSilent', alarmContext, {
      ...failing,
      title: 'Braze does not answer',
      metric: shareOfRequests(metrics, 'none'),
    })
    new BridgeAlarm(this, 'BrazeThrottles', alarmContext, {
      title: 'Braze answers 429',
      impact: 'Campaigns: records reach Braze late. Nothing is lost.',
      lookFirst: dashboard,
      runbook: 'Braze tells to slow down',
      metric: shareOfRequests(metrics, '429'),
      threshold: THROTTLED_PERCENT,
      periods: MOST_OF_AN_HOUR,
    })
    new BridgeAlarm(this, 'WorkerFails', alarmContext, {
      title: 'The worker fails',
      impact: 'Those whose records were in the batch: it is tried again, and its events can be doubled.',
      lookFirst: log,
      runbook: 'The worker fails',
      // These include timeouts and crashes. InvocationsFailed has only those that the worker could still
      // count.
      metric: worker.function.metricErrors({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 1,
      periods: TWICE_IN_HALF_AN_HOUR,
    })
    new BridgeAlarm(this, 'WorkerThrottled', alarmContext, {
      title: 'The worker is throttled',
      impact:
        'Campaigns: records reach Braze late, since the account has no more Lambda concurrency to give.',
      lookFirst: { at: 'the concurrency, on the dashboard', url: dashboardUrl },
      runbook: 'A function is throttled',
      metric: worker.function.metricThrottles({ period: FIVE_MINUTES, statistic: Stats.SUM }),
      threshold: 1,
      periods: TWICE_IN_HALF_AN_HOUR,
    })
  }
}

/** If there was no request, or none with that answer, there is no data and nothing fires. */
const shareOfRequests = (metrics: BridgeMetrics, answer: BrazeAnswerClass) =>
  new MathExpression({
    expression: '100 * answers / requests',
    usingMetrics: {
      answers: metrics.one('BrazeAnswers', { period: QUARTER_HOUR, by: { answer } }),
      requests: metrics.one('BrazeRequests', { period: QUARTER_HOUR }),
    },
    label: `% of the requests: ${answer}`,
    period: QUARTER_HOUR,
  })
