import * as z from 'zod'
import { WORKED } from '../../functions/shared/log.ts'
import { BrazeAnswered, type LogEntry } from './log-entries.ts'

/** What went through since the start. Rows become records; what is put back is delivered without being received anew. */
export type Totals = {
  /** Rows. */
  received: number
  /** Rows that became records and stand in a queue. */
  accepted: number
  /** Records. */
  delivered: number
  /** Rows that the receiver refused and records that the worker gave up. */
  parked: number
}

/** One request to Braze. */
export type LoggedBrazeRequest = {
  /** Counts the requests of this start. */
  number: number
  /** Milliseconds since the epoch. */
  at: number
  /** A word where there was no answer. */
  status: number | string
  profiles: number
  events: number
  purchases: number
  ms: number
}

export type LiveCounters = {
  take: (entry: LogEntry, at: number) => void
  totals: () => Totals
  /** The latest ones, newest first. */
  brazeRequests: () => readonly LoggedBrazeRequest[]
}

const MAX_BRAZE_REQUESTS = 50

/** What the receiver logs of each request. A captured one is only looked at. */
const RequestLine = z.object({
  message: z.literal('request'),
  received: z.number(),
  accepted: z.number(),
  rejected: z.number(),
  captured: z.literal(true).optional(),
})

/** What the worker logs of each invocation. */
const WorkedLine = z.object({ message: z.literal(WORKED), delivered: z.number(), parked: z.number() })

/** Counts what the functions log. */
export function startLiveCounters(): LiveCounters {
  const totals: Totals = { received: 0, accepted: 0, delivered: 0, parked: 0 }
  const requests: LoggedBrazeRequest[] = []
  let requestCount = 0
  return {
    take: (entry, at) => {
      const { data: request } = RequestLine.safeParse(entry)
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
      requests.length = Math.min(requests.length, MAX_BRAZE_REQUESTS)
    },
    totals: () => ({ ...totals }),
    brazeRequests: () => requests,
  }
}
