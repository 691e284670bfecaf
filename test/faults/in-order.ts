import { type Accepted, type OracleDeadLetter, recordsOf, rowOf } from './dead-letters.ts'
import { isUnclear, losesVerdicts } from './excuses.ts'
import type { FaultRun } from './run.ts'

/** Promise 2: a user's rows of one request are in the queue in the order of the body, which numbers them. */
export function enqueuedInOrder(accepted: Accepted): string[] {
  const last = new Map<string, number>()
  for (const { queue, requestId, records } of accepted) {
    for (const record of records) {
      const row = rowOf(record)
      if (row === undefined) continue
      const key = `${queue} ${requestId} ${record.external_id}`
      if (row < (last.get(key) ?? -1)) return [`2: row ${row} of ${record.external_id} was enqueued too late`]
      last.set(key, row)
    }
  }
  return []
}

/** Promise 2: the events of each user first arrive in the order in which SQS accepted them. */
export function eventsInOrder(run: FaultRun, accepted: Accepted, deadLetters: OracleDeadLetter[]): string[] {
  // If the verdict that an event may have arrived is lost, the event is sent again, behind later ones.
  if (losesVerdicts(run) && isUnclear(run)) return []
  // A parked event arrives later only if its sender repeats it.
  const parked = new Set(deadLetters.flatMap(recordsOf).map(rowOf))
  const positions = new Map<number, number>()
  for (const record of accepted.flatMap(({ records }) => records)) {
    const row = record.properties?.row
    if (row !== undefined && !parked.has(row) && !positions.has(row)) positions.set(row, positions.size)
  }
  const last = new Map<string, number>()
  const arrived = new Set<number>()
  for (const { external_id = '', properties } of run.braze.events()) {
    const { row } = properties
    if (typeof row !== 'number' || parked.has(row) || arrived.has(row)) continue
    arrived.add(row)
    const position = positions.get(row) ?? -1
    if (position < (last.get(external_id) ?? -1)) return [`2: event ${row} of ${external_id} was overtaken`]
    last.set(external_id, position)
  }
  return []
}

/**
 * Promise 2: no two requests in flight hold the same user. If the worker gave up waiting for an answer, the
 * request was in flight until then.
 */
export function neverTwoInFlight(run: FaultRun): string[] {
  for (const queue of ['profiles', 'events'] as const) {
    const requests = run.seen.filter((seen) => seen.queue === queue)
    for (const [index, earlier] of requests.entries()) {
      for (let next = index + 1; next < requests.length; next++) {
        const later = requests[next]
        if (!later || later.at >= earlier.until) break
        if (earlier.until === Number.POSITIVE_INFINITY) break
        const shared = later.users.find((user) => earlier.users.includes(user))
        if (shared !== undefined)
          return [`2: two requests of ${queue} hold ${shared} at ${new Date(later.at).toISOString()}`]
      }
    }
  }
  return []
}
