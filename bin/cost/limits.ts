import { type Assumptions, receiverMs } from './bill.ts'
import type { Usage } from './usage.ts'

const MILLION = 1e6
const MS_PER_SECOND = 1_000

/** The default quotas of an account, which it can ask AWS to raise: us-east-1, November 2026. */
export const QUOTAS = {
  /**
   * Concurrent invocations of all functions in the account and region (AWS Lambda developer guide, "Quotas").
   */
  lambdaConcurrency: 1_000,
  /** Requests per second to all APIs in the account and region (API Gateway developer guide, "Quotas"). */
  httpRequestsPerSecond: 10_000,
  /**
   * Calls per second for each action on a FIFO queue in high-throughput mode (SQS developer guide, "Message
   * quotas").
   */
  sqsCallsPerSecond: 70_000,
  /** Messages per second in one message group, which is a lane (SQS developer guide, "Message quotas"). */
  messagesPerSecondPerLane: 300,
  /**
   * The limit of a Braze data-point contract, which is 3,000 requests in 3 seconds (Braze, "API rate
   * limits").
   */
  brazeRequestsPerSecond: 1_000,
} as const

/** The rows per second that a limit allows. */
export type Limit = { name: string; rowsPerSecond: number }

/**
 * Computes the rows per second of a shape that each limit allows, the lowest first. A shape has a fixed
 * proportion of profile and event rows, so a limit on one kind limits the whole.
 */
export function limitsOf(usage: Usage, assumptions: Assumptions): Limit[] {
  const rowsAt = (perSecond: number, perMillion: number) => (perSecond * MILLION) / perMillion
  const toBraze = {
    profiles: usage['requests to Braze of profiles'],
    events: usage['requests to Braze of events'],
  }
  const answersPerSecond = MS_PER_SECOND / assumptions.brazeMs
  const workers = usage['concurrency of profiles'] + usage['concurrency of events']
  const limit = (name: string, rowsPerSecond: number): Limit => ({ name, rowsPerSecond })
  return [
    limit('requestsPerSecond of profiles', rowsAt(usage['requests a second of profiles'], toBraze.profiles)),
    limit('requestsPerSecond of events', rowsAt(usage['requests a second of events'], toBraze.events)),
    limit(
      'concurrency of profiles',
      rowsAt(usage['concurrency of profiles'] * answersPerSecond, toBraze.profiles),
    ),
    limit('concurrency of events', rowsAt(usage['concurrency of events'] * answersPerSecond, toBraze.events)),
    limit(
      'lanes, a worker each',
      Math.min(...Object.values(toBraze).map((requests) => rowsAt(usage.lanes * answersPerSecond, requests))),
    ),
    limit(
      'throttle of the API',
      rowsAt(usage['requests a second of the API'], usage['receiver invocations']),
    ),
    limit('HTTP API of the account', rowsAt(QUOTAS.httpRequestsPerSecond, usage['receiver invocations'])),
    limit(
      'Lambda concurrency of the account',
      rowsAt((QUOTAS.lambdaConcurrency - workers) * MS_PER_SECOND, receiverMs(usage, assumptions)),
    ),
    limit('messages of a lane', rowsAt(usage.lanes * QUOTAS.messagesPerSecondPerLane, usage.messages)),
    limit('SQS FIFO calls', rowsAt(QUOTAS.sqsCallsPerSecond, usage['SQS requests'])),
    limit(
      "Braze's contract (1,000 requests a second)",
      rowsAt(QUOTAS.brazeRequestsPerSecond, toBraze.profiles + toBraze.events),
    ),
  ].toSorted((a, b) => a.rowsPerSecond - b.rowsPerSecond)
}
