import { requestSpacingMs } from '../../lib/settings.ts'
import { PRICES } from './prices.ts'
import type { Usage } from './usage.ts'

export type Assumptions = {
  /** What Braze takes for an answer, in milliseconds. */
  brazeMs: number
  /** Of each function. */
  memoryMb: number
  /** As `tracing` of cdk.json. */
  tracing: boolean
}

/** US dollars by service, and the logs beside them. */
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

/** A function has as much of a core as it has of this memory (AWS Lambda developer guide, "Memory"). */
const MB_PER_CORE = 1_769

/**
 * What a line of `lib/api.ts`'s access log takes with the values of an accepted request, and with the 26 bytes
 * that CloudWatch Logs adds to each.
 */
const ACCESS_LOG_BYTES = 225 + 26

/** What a million rows of a shape cost, in US dollars. */
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

/** The billed time of the receiver for a million rows, in milliseconds: it waits for SQS. */
export const receiverMs = (usage: Usage, { memoryMb }: Pick<Assumptions, 'memoryMb'>) =>
  usage['receiver waits'] + usage['receiver processor'] / coreShare(memoryMb)

/**
 * The same of the worker. It waits for Braze's answer, or for the spacing that it keeps behind each request, the last
 * one too. What the processor does during the spacing is counted a second time here, so this is the upper end.
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
 * Lambda's own sampling, which nothing sets: one invocation a second and 5 % of the others (AWS Lambda developer guide,
 * "X-Ray"). Each function is taken to decide for itself.
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

/** Everything but the logs. */
export const beforeLogs = ({ logs: _, ...services }: Bill) => totalOf(services)

export const totalOf = (bill: Readonly<Record<string, number>>) =>
  Object.values(bill).reduce((sum, usd) => sum + usd, 0)
