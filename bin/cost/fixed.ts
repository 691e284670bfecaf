import { type Assumptions, receiverMs } from './bill.ts'
import { PRICES } from './prices.ts'
import type { Usage } from './usage.ts'

/**
 * The fixed resources of a stack with the delivered `prod` settings in cdk.json, which have one connection.
 */
export const STACK = {
  /** The metrics that its alarms read. An alarm that reads two metrics is billed for two. */
  alarmMetrics: 37,
  dashboards: 1,
  secrets: 3,
  queues: 2,
} as const

/** A month of 30 days, in minutes. */
const MONTH_MINUTES = 30 * 24 * 60

/**
 * The number of connections that Lambda keeps to an idle queue, each of which polls three times a minute (AWS
 * Lambda developer guide, "Using Lambda with Amazon SQS"; it gives no separate number for FIFO queues).
 */
const POLLERS = 5
const POLLS_PER_MINUTE = 3

/** A busy environment reads two secrets again every five minutes (`functions/shared/secrets.edge.ts`). */
const READS_PER_MONTH = (2 * MONTH_MINUTES) / 5

const MS_PER_SECOND = 1_000
const MILLION = 1e6

/**
 * The monthly cost that does not depend on the number of rows, in US dollars. Custom metrics are billed for
 * each hour in which they are written, and only busy environments read secrets. For these two, the result is
 * an upper bound: a month without a pause.
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
