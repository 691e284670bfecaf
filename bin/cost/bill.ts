import { MAX_BATCH_SIZE } from '../../functions/shared/limits.ts'
import { requestSpacingMs, type Settings } from '../../lib/settings.ts'
import { PRICES } from './prices.ts'
import type { Usage } from './usage.ts'

export type Assumptions = {
  settings: Pick<
    Settings,
    'lanes' | 'queues' | 'throttle' | 'memoryMb' | 'tracing' | 'kmsKeyArn' | 'alarmEmail'
  >
  /** The time that Braze takes to answer. */
  brazeMs: number
}

/** US dollars: for a million rows, for a month without a row, and for the month with its rows. */
export type Amounts = { perMillionRows: number; fixed: number; month: number }

/** Lists the services that cost something, and their sum. */
export type Bill = { services: ({ service: string } & Amounts)[]; total: Amounts }

const MILLION = 1e6
const MS_PER_SECOND = 1_000
const MB_PER_GB = 1_024

/** A month of 30 days. */
export const MONTH_SECONDS = 30 * 24 * 3_600

/** Estimates AWS's bill for a month. */
export function billOf(usage: Usage, rowsPerMonth: number, assumptions: Assumptions): Bill {
  const amounts = ({ perMillionRows, fixed }: Cost): Amounts => ({
    perMillionRows,
    fixed,
    month: (perMillionRows * rowsPerMonth) / MILLION + fixed,
  })
  const costs = Object.entries(costsOf(usage, assumptions))
  const total = costs.reduce((sum, [, cost]) => add(sum, cost), { perMillionRows: 0, fixed: 0 })
  return {
    services: costs
      .filter(([, { perMillionRows, fixed }]) => perMillionRows + fixed > 0)
      .map(([service, cost]) => ({ service, ...amounts(cost) })),
    total: amounts(total),
  }
}

type Cost = Omit<Amounts, 'month'>

const add = (a: Cost, b: Cost): Cost => ({
  perMillionRows: a.perMillionRows + b.perMillionRows,
  fixed: a.fixed + b.fixed,
})

/**
 * Computes the cost of each service. Custom metrics are billed for each hour in which they are written, and
 * only busy environments read secrets. For these two, the result is an upper bound: a month without a pause.
 */
function costsOf(usage: Usage, assumptions: Assumptions): Record<string, Cost> {
  const { tracing, kmsKeyArn, alarmEmail } = assumptions.settings
  const cost = (perMillionRows: number, fixed = 0): Cost => ({ perMillionRows, fixed })
  const logBytes =
    usage('receiver log bytes') + usage('worker log bytes') + ACCESS_LOG_BYTES * usage('receiver invocations')
  const watching =
    STACK.alarmMetrics * PRICES.alarmMetricMonth.usd +
    usage('custom metrics') * PRICES.customMetricMonth.usd +
    STACK.dashboards * PRICES.dashboardMonth.usd
  const secretReads = environments(usage, assumptions) * READS_PER_MONTH
  const keyRequests = secretReads + QUEUE_KEY_REQUESTS
  return {
    SQS: cost(usage('SQS requests') * PRICES.sqsRequest.usd, IDLE_POLLS * PRICES.sqsRequest.usd),
    Lambda: cost(lambdaCost(usage, assumptions)),
    'API Gateway': cost(usage('HTTP API requests') * PRICES.httpApiRequest.usd),
    CloudWatch: cost(logBytes * (PRICES.ingestedLogByte.usd + PRICES.scannedLogByte.usd), watching),
    'Secrets Manager': cost(0, STACK.secrets * PRICES.secretMonth.usd + secretReads * PRICES.secretRead.usd),
    'Data transfer': cost((usage('bytes to Braze') + usage('answered bytes')) * PRICES.transferredByte.usd),
    'X-Ray': cost(tracing ? tracesOf(usage) * PRICES.trace.usd : 0),
    KMS: cost(
      0,
      (kmsKeyArn ? PRICES.keyMonth.usd + keyRequests * PRICES.keyRequest.usd : 0) +
        // The topic of the mail has a key of its own, which is used for alarms only.
        (alarmEmail ? PRICES.keyMonth.usd : 0),
    ),
  }
}

/**
 * The size of a line in the access log of `lib/api.ts` for an accepted request, plus the 26 bytes that
 * CloudWatch Logs adds to each line.
 */
const ACCESS_LOG_BYTES = 225 + 26

/** What a stack with the delivered `prod` settings in cdk.json contains. It has one connection. */
export const STACK = {
  /** The metrics that its alarms read. An alarm that reads two metrics is billed for two. */
  alarmMetrics: 37,
  dashboards: 1,
  secrets: 3,
  /** The queues that Lambda polls. */
  queues: 2,
} as const

/**
 * Lambda polls an idle queue over five connections, over each every 20 seconds (AWS Lambda developer guide,
 * "Using Lambda with Amazon SQS"; it gives no separate number for FIFO queues).
 */
const IDLE_POLLS = (STACK.queues * 5 * MONTH_SECONDS) / 20

/** A busy environment reads two secrets again every five minutes (`functions/shared/secrets.edge.ts`). */
const READS_PER_MONTH = (2 * MONTH_SECONDS) / (5 * 60)

/**
 * Every five minutes, SQS asks KMS for each queue twice for the role that sends and once for the one that
 * receives (SQS developer guide, "Key management", for the default reuse period of a data key).
 */
const QUEUE_KEY_REQUESTS = (STACK.queues * 3 * MONTH_SECONDS) / (5 * 60)

/** Counts the environments of Lambda that are busy at the rate at which the usage was measured. */
function environments(usage: Usage, assumptions: Assumptions): number {
  const { profiles, events } = assumptions.settings.queues
  const receivers = (receiverMs(usage, assumptions) / MS_PER_SECOND / MILLION) * usage('rows a second')
  return profiles.concurrency + events.concurrency + Math.ceil(receivers)
}

function lambdaCost(usage: Usage, assumptions: Assumptions): number {
  const { receiver, worker } = assumptions.settings.memoryMb
  const mbMs = receiverMs(usage, assumptions) * receiver + workerMs(usage, assumptions) * worker
  const invocations = usage('receiver invocations') + usage('worker invocations')
  return (
    invocations * PRICES.lambdaInvocation.usd + (mbMs / MB_PER_GB / MS_PER_SECOND) * PRICES.lambdaGbSecond.usd
  )
}

/** The billed time of the receiver for a million rows. It includes the waits for SQS. */
const receiverMs = (usage: Usage, { settings }: Assumptions) =>
  usage('receiver wait ms') + usage('receiver processor ms') / coreShare(settings.memoryMb.receiver)

/**
 * The billed time of the worker for a million rows. Processor time during the spacing is counted twice here,
 * so this is an upper bound.
 */
const workerMs = (usage: Usage, assumptions: Assumptions) =>
  workerWaitMs(usage, assumptions) +
  usage('worker processor ms') / coreShare(assumptions.settings.memoryMb.worker)

/** The assumed duration of a call to SQS in the same region, in milliseconds. */
const SQS_MS = 5

/**
 * The worker waits for Braze's answer, or for the spacing after each request, whichever is longer. It also waits for
 * the messages that it receives itself, ten at a time, because Lambda hands out only ten.
 */
export const workerWaitMs = (usage: Usage, { brazeMs, settings: { queues } }: Assumptions) =>
  usage('requests to Braze of profiles') * Math.max(brazeMs, requestSpacingMs(queues.profiles)) +
  usage('requests to Braze of events') * Math.max(brazeMs, requestSpacingMs(queues.events)) +
  SQS_MS * Math.max(0, usage('messages') / MAX_BATCH_SIZE - usage('worker invocations'))

/**
 * With this much memory, a function gets a full core; with less, a share of one (AWS Lambda developer guide,
 * "Memory").
 */
const MB_PER_CORE = 1_769
const coreShare = (memoryMb: number) => Math.min(1, memoryMb / MB_PER_CORE)

/**
 * Lambda samples one invocation a second and 5 % of the others (AWS Lambda developer guide, "X-Ray"). This
 * assumes that each function samples independently.
 */
function tracesOf(usage: Usage): number {
  const seconds = MILLION / usage('rows a second')
  const sampled = (invocations: number) => 0.95 * Math.min(invocations, seconds) + 0.05 * invocations
  return sampled(usage('receiver invocations')) + sampled(usage('worker invocations'))
}
