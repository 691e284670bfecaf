import { asciiJson } from '../shared/ascii-json.ts'
import type { Failure } from '../shared/failure.ts'
import { MAX_MESSAGE_BYTES, MESSAGE_VERSION } from '../shared/message.ts'
import type { Outgoing } from '../shared/queue.ts'
import type { QueueName } from '../shared/record.ts'
import { senderOf } from '../shared/sender.ts'
import { shownRun } from '../shared/shown-run.ts'
import { writeLetter } from '../shared/write-letter.ts'
import { keptColumns } from './columns.ts'
import { dedupIdOf } from './deduplicate.ts'
import type { Origin } from './messages.ts'
import { writeRawRow } from './raw-row.ts'
import type { RefusedRow } from './records.ts'
import { type RefusalCode, textsOf } from './refusal.ts'
import type { Route } from './route.ts'
import type { Inherited } from './rows.ts'
import { runOf } from './run-of.ts'
import type { Settings } from './settings.ts'

/** Tells letters of raw rows from the worker's, which hold a record. */
const LETTER_KIND = 'rows'

/**
 * Writes the rows that could not be read into letters for the dead-letter queue of their kind: raw, with the reason,
 * and with what is needed to read them again. Those of one code share a letter, as far as they fit.
 */
export function toLetters(
  refused: readonly RefusedRow[],
  origin: Origin,
  endpoint: Route['endpoint'],
  inherited: Inherited,
  settings: Settings,
  newId: () => string,
): Outgoing[] {
  if (refused.length === 0) return []
  const columnOf = keptColumns(senderOf(origin.connection, settings.connections).connection)
  const letters = Map.groupBy(refused, ({ queue, code }) => `${queue} ${code}`)
  return [...letters.values()].flatMap((rows) => {
    const [first] = rows
    if (!first) return []
    const { queue, code } = first
    const head = (id: string) => headOf(id, failureOf(code, origin), origin, endpoint, inherited)
    const room = MAX_MESSAGE_BYTES - head(newId()).length
    const raw = rows.map((row) => ({
      json: writeRawRow(row, columnOf),
      run: runOf(row.row, inherited, columnOf),
    }))
    return cut(raw, room).map((rows, ordinal) =>
      letter({ queue, code, ordinal, rows }, head, origin, settings, newId),
    )
  })
}

/** A row as it stands in its letter, and the run it belongs to. */
type Raw = { json: string; run: string | undefined }

const failureOf = (code: RefusalCode, { receivedAt, requestId }: Origin): Failure => ({
  code,
  ...textsOf(code),
  at: receivedAt,
  requestId,
})

/** The letter without its rows. */
const headOf = (
  id: string,
  failure: Failure,
  { connection, receivedAt, requestId }: Origin,
  endpoint: Route['endpoint'],
  inherited: Inherited,
) =>
  writeLetter(
    failure,
    asciiJson({
      v: MESSAGE_VERSION,
      id,
      connection,
      receivedAt,
      requestId,
      endpoint,
      inherited,
      rows: [],
    }),
  )

function cut(rows: readonly Raw[], room: number): Raw[][] {
  const letters: Raw[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const row of rows) {
    const size = row.json.length + 1
    if (bytes + size > room) {
      letters.push([])
      bytes = 0
    }
    letters.at(-1)?.push(row)
    bytes += size
  }
  return letters
}

function letter(
  { queue, code, ordinal, rows }: { queue: QueueName; code: RefusalCode; ordinal: number; rows: Raw[] },
  head: (id: string) => string,
  { connection, senderKey }: Origin,
  settings: Settings,
  newId: () => string,
): Outgoing {
  const rowsJson = rows.map(({ json }) => json)
  const run = shownRun(rows.map((row) => row.run))
  const dedupId = dedupIdOf({
    connection,
    senderKey,
    lane: code,
    ordinal,
    recordsJson: rowsJson,
    recognisable: false,
    newId,
  })
  return {
    queueUrl: settings.deadLetters[queue],
    // A group of its own, since a FIFO group is locked while one of its letters is being looked at; and the same for a
    // repetition, since SQS recognises one within its group only.
    group: dedupId,
    dedupId,
    body: head(newId()).replace(/\]\}$/, () => `${rowsJson.join(',')}]}`),
    attributes: { code, connection, kind: LETTER_KIND, ...(run !== undefined && { run }) },
  }
}
