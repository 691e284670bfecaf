import { type Assumptions, receiverMs } from './bill.ts'
import { PRICES } from './prices.ts'
import type { Usage } from './usage.ts'

/** What a stack has of these as `prod` of cdk.json is delivered: one connection. */
export const STACK = {
  /** Those that its alarms read: one that reads two is billed for two. */
  alarmMetrics: 37,
  dashboards: 1,
  secrets: 3,
  queues: 2,
} as const

/** A month of 30 days, in minutes. */
const MONTH_MINUTES = 30 * 24 * 60

/**
 * Lambda keeps so many connections to an idle queue, each of which asks three times a minute (AWS Lambda developer
 * guide, "Using Lambda with Amazon SQS"; for FIFO queues it tells no number of its own).
 */
const POLLERS = 5
const POLLS_PER_MINUTE = 3

/** An environment reads two secrets anew every five minutes while it is busy (`functions/shared/cached-secret.ts`). */
const READS_PER_MONTH = (2 * MONTH_MINUTES) / 5

const MS_PER_SECOND = 1_000
const MILLION = 1e6

/**
 * What a month costs beside its rows, in US dollars. Custom metrics are billed by the hour in which they are written and
 * secrets are read by environments that are busy, so of these two it is the most: a month without a pause.
 */
export const fixedCosts = (usage: Usage, assumptions: Assumptions) => ({
  alarms: STACK.alarmMetrics * PRICES.alarmMetricMonth,
  'custom metrics': usage['custom metrics'] * PRICES.customMetricMonth,
  dashboard: STACK.dashboards * PRICES.dashboardMonth,
  secrets: STACK.secrets * PRICES.secretMonth,
  'secret reads': environments(usage, assumptions) * READS_PER_MONTH * PRICES.secretRead,
  'empty receives': STACK.queues * POLLERS * POLLS_PER_MINUTE * MONTH_MINUTES * PRICES.sqsRequest,
})

const environments = (usage: Usage, assumptions: Assumptions) =>
  usage['concurrency of profiles'] +
  usage['concurrency of events'] +
  Math.ceil((receiverMs(usage, assumptions) / MS_PER_SECOND / MILLION) * usage['rows a second'])
