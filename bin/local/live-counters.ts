import * as z from 'zod'
import { WORKED } from '../../functions/shared/log.ts'
import { BrazeAnswered, type LogEntry } from './log-entries.ts'

/**
 * Totals since the start. `received` counts rows only, so a redriven record is delivered without being
 * received again.
 */
export type Totals = {
  /** Rows that senders sent. */
  received: number
  /** Rows that became records and went to a queue. */
  accepted: number
  /** Records that the worker delivered. */
  delivered: number
  /** Rows with a row error and records that the worker parked. */
  parked: number
}

/** One request to Braze. */
export type LoggedBrazeRequest = {
  /** The number of this request, counted since the start. */
  number: number
  /** Milliseconds since the epoch. */
  at: number
  /** The cause, as a word, if Braze did not answer. */
  status: number | string
  profiles: number
  events: number
  purchases: number
  ms: number
}

/** One request of a sender. */
export type LoggedInboundRequest = {
  /** The number of this request, counted since the start. */
  number: number
  /** Milliseconds since the epoch. */
  at: number
  status: number
  /** What was asked for; absent if the address does not exist. */
  endpoint?: string | undefined
  connection?: string | undefined
  accepted: number
  rejected: number
  /** Why the request as a whole was refused. */
  problem?: string | undefined
  ms: number
}

export type LiveCounters = {
  take: (entry: LogEntry, at: number) => void
  totals: () => Totals
  /** The latest requests, newest first. */
  brazeRequests: () => readonly LoggedBrazeRequest[]
  inboundRequests: () => readonly LoggedInboundRequest[]
}

/** Of each kind. */
const MAX_REQUESTS = 50

/**
 * The receiver's log line for each request. A captured request is stored for inspection and never delivered.
 */
const RequestLine = z.object({
  message: z.literal('request'),
  received: z.number(),
  accepted: z.number(),
  rejected: z.number(),
  captured: z.literal(true).optional(),
  status: z.number().default(0),
  endpoint: z.string().optional(),
  connection: z.string().optional(),
  problem: z.string().optional(),
  ms: z.number().default(0),
})

/** The worker's log line for each invocation. */
const WorkedLine = z.object({ message: z.literal(WORKED), delivered: z.number(), parked: z.number() })

/** Computes the totals from the functions' log lines. */
export function startLiveCounters(): LiveCounters {
  const totals: Totals = { received: 0, accepted: 0, delivered: 0, parked: 0 }
  const requests: LoggedBrazeRequest[] = []
  let requestCount = 0
  const inbound: LoggedInboundRequest[] = []
  let inboundCount = 0
  return {
    take: (entry, at) => {
      const { data: request } = RequestLine.safeParse(entry)
      if (request) {
        const { status, endpoint, connection, accepted, rejected, problem, ms } = request
        inboundCount += 1
        const number = inboundCount
        inbound.unshift({ number, at, status, endpoint, connection, accepted, rejected, problem, ms })
        inbound.length = Math.min(inbound.length, MAX_REQUESTS)
      }
      if (request && !request.captured) {
        totals.received += request.received
        totals.accepted += request.accepted
        totals.parked += request.rejected
      }
      const { data: worked } = WorkedLine.safeParse(entry)
      if (worked) {
        totals.delivered += worked.delivered
        totals.parked += worked.parked
      }
      const { data: answered } = BrazeAnswered.safeParse(entry)
      if (!answered) return
      requestCount += 1
      const { status, attributes: profiles, events, purchases, ms } = answered
      requests.unshift({ number: requestCount, at, status, profiles, events, purchases, ms })
      requests.length = Math.min(requests.length, MAX_REQUESTS)
    },
    totals: () => ({ ...totals }),
    brazeRequests: () => requests,
    inboundRequests: () => inbound,
  }
}
