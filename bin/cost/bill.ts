import { requestSpacingMs } from '../../lib/settings.ts'
import { PRICES } from './prices.ts'
import type { Usage } from './usage.ts'

export type Assumptions = {
  /** How long Braze takes to answer, in milliseconds. */
  brazeMs: number
  /** The memory of each function. */
  memoryMb: number
  /** The setting `tracing` in cdk.json. */
  tracing: boolean
}

/** US dollars by service, with the logs as an item of their own. */
export type Bill = {
  'HTTP API': number
  Lambda: number
  SQS: number
  egress: number
  tracing: number
  logs: number
}

const MS_PER_SECOND = 1_000
const MB_PER_GB = 1_024
const MILLION = 1e6

/**
 * With this much memory, a function gets a full core; with less, a share of one (AWS Lambda developer guide,
 * "Memory").
 */
const MB_PER_CORE = 1_769

/**
 * The size of a line in the access log of `lib/api.ts` for an accepted request, plus the 26 bytes that
 * CloudWatch Logs adds to each line.
 */
const ACCESS_LOG_BYTES = 225 + 26

/** Computes the cost of a million rows of a shape, in US dollars. */
export function billOf(usage: Usage, assumptions: Assumptions): Bill {
  const invocations = usage['receiver invocations'] + usage['worker invocations']
  const gbSeconds =
    ((receiverMs(usage, assumptions) + workerMs(usage, assumptions)) / MS_PER_SECOND) *
    (assumptions.memoryMb / MB_PER_GB)
  const logBytes =
    usage['receiver log bytes'] + usage['worker log bytes'] + ACCESS_LOG_BYTES * usage['receiver invocations']
  return {
    'HTTP API': usage['HTTP API requests'] * PRICES.httpApiRequest,
    Lambda: invocations * PRICES.lambdaInvocation + gbSeconds * PRICES.lambdaGbSecond,
    SQS: usage['SQS requests'] * PRICES.sqsRequest,
    egress: (usage['bytes to Braze'] + usage['answered bytes']) * PRICES.egressByte,
    tracing: assumptions.tracing ? tracesOf(usage) * PRICES.trace : 0,
    logs: logBytes * PRICES.logByte,
  }
}

/** The billed time of the receiver for a million rows, in milliseconds. It includes the waits for SQS. */
export const receiverMs = (usage: Usage, { memoryMb }: Pick<Assumptions, 'memoryMb'>) =>
  usage['receiver waits'] + usage['receiver processor'] / coreShare(memoryMb)

/**
 * The billed time of the worker for a million rows, in milliseconds. It waits for Braze's answer, or for the
 * spacing after each request, including the last one. Processor time during the spacing is counted twice
 * here, so this is an upper bound.
 */
export const workerMs = (usage: Usage, { brazeMs, memoryMb }: Assumptions) =>
  workerWaitMs(usage, brazeMs) + usage['worker processor'] / coreShare(memoryMb)

export const workerWaitMs = (usage: Usage, brazeMs: number) =>
  usage['requests to Braze of profiles'] * Math.max(brazeMs, spacingsMs(usage).profiles) +
  usage['requests to Braze of events'] * Math.max(brazeMs, spacingsMs(usage).events)

export const spacingsMs = (usage: Usage) => ({
  profiles: requestSpacingMs({
    concurrency: usage['concurrency of profiles'],
    requestsPerSecond: usage['requests a second of profiles'],
  }),
  events: requestSpacingMs({
    concurrency: usage['concurrency of events'],
    requestsPerSecond: usage['requests a second of events'],
  }),
})

export const coreShare = (memoryMb: number) => Math.min(1, memoryMb / MB_PER_CORE)

/**
 * Lambda's fixed sampling: one invocation a second and 5 % of the others (AWS Lambda developer guide,
 * "X-Ray"). This assumes that each function samples independently.
 */
const SAMPLED_PER_SECOND = 1
const SAMPLED_SHARE = 0.05

function tracesOf(usage: Usage): number {
  const seconds = MILLION / usage['rows a second']
  const sampled = (invocations: number) => {
    const always = Math.min(invocations, SAMPLED_PER_SECOND * seconds)
    return always + SAMPLED_SHARE * (invocations - always)
  }
  return sampled(usage['receiver invocations']) + sampled(usage['worker invocations'])
}

/** The total without the logs. */
export const beforeLogs = ({ logs: _, ...services }: Bill) => totalOf(services)

export const totalOf = (bill: Readonly<Record<string, number>>) =>
  Object.values(bill).reduce((sum, usd) => sum + usd, 0)
