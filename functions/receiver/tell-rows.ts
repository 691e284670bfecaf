import type { Count } from '../shared/gather-metrics.ts'
import type { Log } from '../shared/log.ts'
import { openProgress } from '../shared/progress.ts'
import { progressLines } from '../shared/progress-lines.ts'
import { type QueueName, queueOf } from '../shared/record.ts'
import type { Taken } from './answer.ts'
import type { RefusedRow } from './records.ts'
import type { RefusalCode } from './refusal.ts'

/** Counts the rows of a request that was taken, and tells how far their runs have come and why some were parked. */
export function tellRows(
  { records: { read, refused }, captured }: Taken,
  connection: string,
  requestId: string,
  { log, count }: { log: Log; count: Count },
): void {
  const progress = openProgress()
  const parts = { profiles: progress.of(connection, 'profiles'), events: progress.of(connection, 'events') }
  for (const { record } of read) parts[queueOf(record)].add(record, 'done')
  for (const { queue, run } of refused) parts[queue].add({ run_id: run }, 'parked')
  for (const { kind, total } of progress.parts) {
    const by = { connection, kind }
    if (captured) {
      count('RowsCaptured', total.done + total.parked, by)
    } else {
      count('RowsAccepted', total.done, by)
      count('RowsParked', total.parked, by)
    }
  }
  if (captured) return
  for (const kind of ['profiles', 'events'] as const)
    for (const [code, rows] of codesOf(refused, kind)) {
      count('Parked', rows, { code })
      log.info('parked', { code, connection, kind, rows, requestId })
    }
  for (const { message, fields } of progressLines(progress, 'accepted')) log.info(message, fields)
}

/** How many rows were refused for each reason. */
function codesOf(refused: readonly RefusedRow[], kind: QueueName): Map<RefusalCode, number> {
  const rows = new Map<RefusalCode, number>()
  for (const { queue, code } of refused) if (queue === kind) rows.set(code, (rows.get(code) ?? 0) + 1)
  return rows
}
