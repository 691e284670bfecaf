import { asciiJson, asciiJsonUpTo } from '../../shared/ascii-json.ts'
import { type Failure, writeDeadLetter } from '../../shared/dead-letter.ts'
import { displayRun } from '../../shared/display-id.ts'
import { isObject, type Json } from '../../shared/json.ts'
import { MAX_MESSAGE_BYTES, MAX_RECORD_BYTES, MESSAGE_VERSION } from '../../shared/message.ts'
import type { OutgoingMessage } from '../../shared/queue.edge.ts'
import type { QueueName } from '../../shared/record.ts'
import type { ColumnResolver } from '../columns.ts'
import { displayName } from '../problems.ts'
import type { RejectedRow } from '../read/records.ts'
import type { Inherited } from '../read/rows.ts'
import type { Route } from '../request-context.ts'
import { type RowErrorCode, rowErrorTexts } from '../row-errors.ts'
import type { ReceiverSettings } from '../settings.ts'
import { dedupIdOf, LONG_ID, measurable, type Origin } from './messages.ts'

/** Distinguishes dead letters of raw rows from those of the worker, which hold a record. */
const RAW_KIND = 'rows'

/** Where the rows of one request came from, with what is needed to read them again. */
export type RowSource = {
  origin: Origin
  endpoint: Route['endpoint']
  inherited: Inherited
  columnOf: ColumnResolver
}

/**
 * Writes the rows that could not be read into dead letters, for the dead-letter queue of their kind. A dead
 * letter holds the raw rows, the reason, and what is needed to read them again. Rows with the same code share
 * a dead letter, as far as they fit.
 */
export function toDeadLetters(
  rejected: readonly RejectedRow[],
  { origin, endpoint, inherited, columnOf }: RowSource,
  settings: ReceiverSettings,
  newId: () => string,
): OutgoingMessage[] {
  const deadLetters = Map.groupBy(rejected, ({ queue, code }) => `${queue} ${code}`)
  return [...deadLetters.values()].flatMap((rows) => {
    const [first] = rows
    if (!first) return []
    const { queue, code } = first
    const head = (id: string, of = origin) => headOf(id, failureOf(code, of), of, endpoint, inherited)
    const room = MAX_MESSAGE_BYTES - head(LONG_ID, measurable(origin)).length
    const raw = rows.map((row) => ({
      json: writeRawRow(row, columnOf),
      run: row.run,
    }))
    return splitToFit(raw, room).map((rows, ordinal) =>
      deadLetter({ queue, code, ordinal, rows }, head, origin, settings, newId),
    )
  })
}

/** A row as its dead letter holds it, and the run that it belongs to. */
type RawRowJson = { json: string; run: string | undefined }

const failureOf = (code: RowErrorCode, { receivedAt, requestId }: Origin): Failure => ({
  code,
  ...rowErrorTexts(code),
  at: receivedAt,
  requestId,
})

/** The dead letter without its rows. */
const headOf = (
  id: string,
  failure: Failure,
  { connection, receivedAt, requestId }: Origin,
  endpoint: Route['endpoint'],
  inherited: Inherited,
) =>
  writeDeadLetter(
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

function splitToFit(rows: readonly RawRowJson[], room: number): RawRowJson[][] {
  const deadLetters: RawRowJson[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const row of rows) {
    const size = row.json.length + 1
    if (bytes + size > room) {
      deadLetters.push([])
      bytes = 0
    }
    deadLetters.at(-1)?.push(row)
    bytes += size
  }
  return deadLetters
}

function deadLetter(
  {
    queue,
    code,
    ordinal,
    rows,
  }: { queue: QueueName; code: RowErrorCode; ordinal: number; rows: RawRowJson[] },
  head: (id: string) => string,
  { connection, senderKey, signedKey }: Origin,
  settings: ReceiverSettings,
  newId: () => string,
): OutgoingMessage {
  const rowsJson = rows.map(({ json }) => json)
  const run = displayRun(rows.map((row) => row.run))
  const dedupId = dedupIdOf({
    connection,
    senderKey,
    signedKey,
    lane: code,
    ordinal,
    recordsJson: rowsJson,
    recognisable: false,
    newId,
  })
  return {
    queueUrl: settings.deadLetters[queue],
    // Each dead letter has a group of its own, because a FIFO group is locked while one of its messages is
    // being looked at. A repetition gets the same group, because SQS recognises a repetition only within its
    // group.
    group: dedupId,
    dedupId,
    body: head(newId()).replace(/\]\}$/, () => `${rowsJson.join(',')}]}`),
    attributes: { code, connection, kind: RAW_KIND, ...(run !== undefined && { run }) },
  }
}

/**
 * Writes a row as JSON. A row that is too large for any message is not kept, but its identifiers are, so that
 * the row can be requested again.
 */
export function writeRawRow(
  { index, row, code, field }: Pick<RejectedRow, 'index' | 'row' | 'field'> & { code?: RowErrorCode },
  columnOf: ColumnResolver,
): string {
  const json = tryToWrite(row)
  if (code === 'ROW_TOO_LARGE' || typeof json === 'number') {
    const omittedBytes = typeof json === 'number' ? json : json.length
    return asciiJson({ index, row: identifiersOf(row, columnOf), omittedBytes })
  }
  return `${asciiJson({ index, field: field && displayName(field) }).slice(0, -1)},"row":${json}}`
}

/**
 * Writing JSON is recursive, so a row that is nested too deeply can't be written.
 * @returns the JSON or, if it is not written, the number of bytes that it would have; 0 if they can't be
 * counted.
 */
function tryToWrite(value: unknown): string | number {
  try {
    return asciiJsonUpTo(MAX_RECORD_BYTES, value)
  } catch (error) {
    if (error instanceof RangeError) return 0
    throw error
  }
}

/**
 * Braze accepts ids of up to 987 bytes. A value that is far longer is not an id, and would not fit the stub.
 */
const MAX_STUB_ID_CHARACTERS = 1_000

/**
 * Keeps at most one cell of each field, under the field's own name, because a row may spell a header in
 * endless ways.
 */
function identifiersOf(row: Json, columnOf: ColumnResolver): Json {
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
