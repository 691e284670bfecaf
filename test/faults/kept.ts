import { type Accepted, type Letter, rowOf } from './letters.ts'
import type { Run } from './run.ts'

/** Promise 1 up to the queues: each row of an answered request is in a message or in a letter of raw rows. */
export function rowsKept(run: Run, accepted: Accepted, letters: Letter[]): string[] {
  const kept = new Set(accepted.flatMap(({ records }) => records.map(rowOf)))
  for (const { row } of letters.flatMap(({ rows = [] }) => rows)) {
    const found = /"row":(\d+)/.exec(JSON.stringify(row))?.[1]
    if (found !== undefined) kept.add(Number(found))
  }
  const lost = run.answeredRows.filter((row) => !kept.has(row))
  return lost.length > 0 ? [`1: rows ${lost.slice(0, 5)} are in no queue`] : []
}

/** Promise 1: an answer counts what SQS has, and SQS recognised as repeated only what a sender repeated. */
export function answersTrue(run: Run): string[] {
  const wrong = run.answers.find(({ requestId, accepted }) => accepted !== (run.taken.get(requestId) ?? 0))
  const swallowed = run.recognised.find(
    ({ repeated, body }) => !repeated || (!body.includes('"type":"event"') && !repeated.key),
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
