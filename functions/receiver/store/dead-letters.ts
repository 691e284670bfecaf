import { asciiJson, asciiJsonUpTo } from '../../shared/ascii-json.ts'
import { type Failure, shownRun, writeLetter } from '../../shared/dead-letter.ts'
import { isObject, type Json } from '../../shared/json.ts'
import { MAX_MESSAGE_BYTES, MAX_RECORD_BYTES, MESSAGE_VERSION } from '../../shared/message.ts'
import type { Outgoing } from '../../shared/queue.edge.ts'
import type { QueueName } from '../../shared/record.ts'
import type { ColumnOf } from '../columns.ts'
import { shownName } from '../problems.ts'
import type { RefusedRow } from '../read/records.ts'
import type { Inherited } from '../read/rows.ts'
import type { Route } from '../request-context.ts'
import { type RefusalCode, textsOf } from '../row-errors.ts'
import type { Settings } from '../settings.ts'
import { dedupIdOf, type Origin } from './messages.ts'

/** Tells letters of raw rows from the worker's, which hold a record. */
const LETTER_KIND = 'rows'

/** Where the rows of one request came from: what is needed to read them again. */
export type RowSource = {
  origin: Origin
  endpoint: Route['endpoint']
  inherited: Inherited
  columnOf: ColumnOf
}

/**
 * Writes the rows that could not be read into letters for the dead-letter queue of their kind: raw, with the reason,
 * and with what is needed to read them again. Those of one code share a letter, as far as they fit.
 */
export function toLetters(
  refused: readonly RefusedRow[],
  { origin, endpoint, inherited, columnOf }: RowSource,
  settings: Settings,
  newId: () => string,
): Outgoing[] {
  const letters = Map.groupBy(refused, ({ queue, code }) => `${queue} ${code}`)
  return [...letters.values()].flatMap((rows) => {
    const [first] = rows
    if (!first) return []
    const { queue, code } = first
    const head = (id: string) => headOf(id, failureOf(code, origin), origin, endpoint, inherited)
    const room = MAX_MESSAGE_BYTES - head(newId()).length
    const raw = rows.map((row) => ({
      json: writeRawRow(row, columnOf),
      run: row.run,
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

/** A row that no message takes is not kept; its identifiers are, so that it can be asked for again. */
export function writeRawRow(
  { index, row, code, field }: Pick<RefusedRow, 'index' | 'row' | 'field'> & { code?: RefusalCode },
  columnOf: ColumnOf,
): string {
  const json = tryToWrite(row)
  if (code === 'ROW_TOO_LARGE' || typeof json === 'number') {
    const omittedBytes = typeof json === 'number' ? json : json.length
    return asciiJson({ index, row: identifiersOf(row, columnOf), omittedBytes })
  }
  return `${asciiJson({ index, field: field && shownName(field) }).slice(0, -1)},"row":${json}}`
}

/**
 * Writing is recursive, so a row that is nested too deeply can't be written.
 * @returns how many bytes it would have where it is not written, 0 where they can't be counted.
 */
function tryToWrite(value: unknown): string | number {
  try {
    return asciiJsonUpTo(MAX_RECORD_BYTES, value)
  } catch (error) {
    if (error instanceof RangeError) return 0
    throw error
  }
}

/** Braze takes ids of up to 987 bytes; what is far longer is none, and would not fit the stub. */
const MAX_STUB_ID_CHARACTERS = 1_000

/** At most one cell of each field, under the field's own name: a row may spell a header in endless ways. */
function identifiersOf(row: Json, columnOf: ColumnOf): Json {
  const kept: { external_id?: Json; braze_id?: Json } = {}
  for (const [header, value] of isObject(row) ? Object.entries(row) : []) {
    const column = columnOf(header)
    if (column.kind !== 'field' || !isShortId(value)) continue
    if (column.field === 'external id') kept.external_id ??= value
    if (column.field === 'braze id') kept.braze_id ??= value
  }
  return kept
}

function isShortId(value: Json): boolean {
  if (JSON.isRawJSON(value)) return value.rawJSON.length <= MAX_STUB_ID_CHARACTERS
  return (
    typeof value === 'number' ||
    (typeof value === 'string' && value !== '' && value.length <= MAX_STUB_ID_CHARACTERS)
  )
}
