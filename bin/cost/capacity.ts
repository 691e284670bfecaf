import { type Assumptions, MONTH_SECONDS } from './bill.ts'
import type { Usage } from './usage.ts'

const MILLION = 1e6
const MS_PER_SECOND = 1_000

/**
 * The limit of a Braze data-point contract, which is 3,000 requests in 3 seconds (Braze, "API rate limits").
 */
const BRAZE_REQUESTS_PER_SECOND = 1_000

/** The rows per second that a setting or the Braze contract allows. */
export type Limit = { name: string; rowsPerSecond: number }

export type Capacity = {
  /** The average over the month. */
  neededRowsPerSecond: number
  isEnough: boolean
  firstLimit: Limit
}

export function capacityOf(usage: Usage, rowsPerMonth: number, assumptions: Assumptions): Capacity {
  const neededRowsPerSecond = rowsPerMonth / MONTH_SECONDS
  const firstLimit = limitsOf(usage, assumptions).reduce((a, b) =>
    b.rowsPerSecond < a.rowsPerSecond ? b : a,
  )
  return { neededRowsPerSecond, isEnough: neededRowsPerSecond <= firstLimit.rowsPerSecond, firstLimit }
}

/**
 * Computes the rows per second that each limit allows. Traffic has a fixed proportion of profile and event
 * rows, so a limit on one kind limits the whole. AWS's own quotas are far above these limits: docs/scale.md.
 */
export function limitsOf(usage: Usage, { settings, brazeMs }: Assumptions): Limit[] {
  const { lanes, queues, throttle } = settings
  const profiles = usage('requests to Braze of profiles')
  const events = usage('requests to Braze of events')
  const answersPerSecond = MS_PER_SECOND / brazeMs
  const limit = (name: string, perSecond: number, perMillionRows: number): Limit => ({
    name,
    rowsPerSecond: (perSecond * MILLION) / perMillionRows,
  })
  return [
    limit('queues.profiles.requestsPerSecond', queues.profiles.requestsPerSecond, profiles),
    limit('queues.events.requestsPerSecond', queues.events.requestsPerSecond, events),
    limit('queues.profiles.concurrency', queues.profiles.concurrency * answersPerSecond, profiles),
    limit('queues.events.concurrency', queues.events.concurrency * answersPerSecond, events),
    limit('lanes', lanes * answersPerSecond, Math.max(profiles, events)),
    limit('throttle.requestsPerSecond', throttle.requestsPerSecond, usage('receiver invocations')),
    limit("Braze's contract", BRAZE_REQUESTS_PER_SECOND, profiles + events),
  ]
}
