import { type Accepted, type OracleDeadLetter, rowOf } from './dead-letters.ts'
import type { FaultRun } from './run.ts'

/**
 * Promise 1 up to the queues: each row of an answered request is in a message or in a dead letter of raw
 * rows.
 */
export function noRowsLost(run: FaultRun, accepted: Accepted, deadLetters: OracleDeadLetter[]): string[] {
  const stored = new Set(accepted.flatMap(({ records }) => records.map(rowOf)))
  for (const { row } of deadLetters.flatMap(({ rows = [] }) => rows)) {
    const found = /"row":(\d+)/.exec(JSON.stringify(row))?.[1]
    if (found !== undefined) stored.add(Number(found))
  }
  const lost = run.answeredRows.filter((row) => !stored.has(row))
  return lost.length > 0 ? [`1: rows ${lost.slice(0, 5)} are in no queue`] : []
}

/** Matches a message of events, purchases or increments. Other values may be written again. */
const MUST_ARRIVE_ONCE = /"type":"(event|purchase)"|"inc":/

/**
 * Promise 1: an answer counts the records that SQS took, and SQS deduplicated only what a sender had
 * repeated.
 */
export function answersMatchQueues(run: FaultRun): string[] {
  const wrong = run.answers.find(({ requestId, accepted }) => accepted !== (run.taken.get(requestId) ?? 0))
  const swallowed = run.deduplicated.find(
    ({ repeated, body }) => !repeated || (!MUST_ARRIVE_ONCE.test(body) && !repeated.key),
  )
  return [
    ...(wrong
      ? [
          `1: request ${wrong.requestId} was told ${wrong.accepted} accepted, and SQS has ${run.taken.get(wrong.requestId)}`,
        ]
      : []),
    ...(swallowed ? ['1: SQS took a new message for a repeated one'] : []),
  ]
}
