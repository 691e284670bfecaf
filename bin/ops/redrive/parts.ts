import * as z from 'zod'
import { type RowReader, rowReader } from '../../../functions/receiver/columns.ts'
import {
  type AcceptedRow,
  type RejectedRow,
  runOf,
  toRecords,
} from '../../../functions/receiver/read/records.ts'
import { type Rules, rulesOf } from '../../../functions/receiver/read/rules.ts'
import { readTrackRows } from '../../../functions/receiver/read/track.ts'
import { TRACK } from '../../../functions/receiver/request-context.ts'
import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import { asciiJson } from '../../../functions/shared/ascii-json.ts'
import { resolveConnection } from '../../../functions/shared/authenticate.ts'
import { normalizeHeader } from '../../../functions/shared/flags.ts'
import type { Json } from '../../../functions/shared/json.ts'
import { type BridgeRecord, identifierOf, TRACK_ARRAYS } from '../../../functions/shared/record.ts'
import type { DeadLetter, RowsDeadLetter } from './dead-letter.ts'

/** One entry of a dead letter: a record, or a row as it was sent. */
export type DeadLetterPart = {
  /** Index in the message or, for a row, in the request. A lower index came first. */
  index: number
  /** The run that it names, if any. */
  run: string | undefined
  read: ReadPart
}
export type ReadPart =
  | { kind: 'record'; row: AcceptedRow }
  /** A row that today's rules cannot read either. */
  | { kind: 'refused'; row: RejectedRow }
  /** A row that was too large to keep. */
  | { kind: 'omitted' }
  | { kind: 'nobody' }

/** An object from a request with Braze's own body, as the receiver parks it. */
const TrackRow = z.object({
  array: z.enum(TRACK_ARRAYS),
  object: z.custom<Json>((value) => value !== undefined),
})

/**
 * Reads the entries of a dead letter by today's rules and settings. Rows are read by the receiver's own code,
 * as if they had just come in.
 * @returns one part for each record of the message, or for each row, in their order; none if the dead letter
 * cannot be read.
 */
export function partsOf({ content, dedupId }: DeadLetter, settings: ReceiverSettings): DeadLetterPart[] {
  if (content.kind === 'rows') {
    const { envelope } = content
    const reader = readerOf(envelope, settings)
    return envelope.rows.map((row) => readRow(row, envelope, reader))
  }
  if (content.kind !== 'message') return []
  const { records } = content.message
  const first = records.length === 1 ? indexIn(dedupId) : 0
  return records.map((record, offset) => ({
    index: first + offset,
    run: record.run_id,
    read: readRecord(record),
  }))
}

/** @returns the distinct runs that its records or rows name; undefined represents those that name none. */
export function runsOf(
  { content }: Pick<DeadLetter, 'content'>,
  settings: ReceiverSettings,
): Set<string | undefined> {
  if (content.kind === 'message') return new Set(content.message.records.map(({ run_id }) => run_id))
  if (content.kind !== 'rows') return new Set()
  const { rows, inherited } = content.envelope
  const { columnOf } = readerOf(content.envelope, settings)
  return new Set(rows.map(({ row }) => runOf(row, inherited, columnOf)))
}

const readerOf = ({ connection }: RowsDeadLetter, { connections }: ReceiverSettings) =>
  rowReader(resolveConnection(connection, connections).connection, Object.values(connections))

/**
 * The worker gives the dead letter of a record the deduplication id `<message id>-<index of the record in the
 * message>`, and that of some of its fields `-fields` behind it.
 */
const indexIn = (dedupId: string) => Number(/-(\d+)(?:-fields)?$/.exec(dedupId)?.[1] ?? 0)

function readRecord(record: BridgeRecord): ReadPart {
  const user = identifierOf(record)
  if (!user) return { kind: 'nobody' }
  // The dead letter's own deduplication id identifies a repetition, so none has to be derived from the
  // content.
  return { kind: 'record', row: { record, user, json: asciiJson(record), deduplicable: true } }
}

/**
 * The rules for one row. That its column holds operations may have been shown by another row of its request, which
 * is not at hand. If the settings read the column now, or give it another name, it counts no more.
 */
function rulesFor(field: string | undefined, reader: RowReader): Rules {
  const rules = rulesOf(reader)
  if (field !== undefined && reader.columnOf(field).opLikeness === 'operation')
    rules.operationColumns.add(normalizeHeader(field))
  return rules
}

function readRow(
  { index, row, field, omittedBytes }: RowsDeadLetter['rows'][number],
  envelope: RowsDeadLetter,
  reader: RowReader,
): DeadLetterPart {
  const { endpoint, inherited } = envelope
  const run = runOf(row, inherited, reader.columnOf)
  if (omittedBytes !== undefined) return { index, run, read: { kind: 'omitted' } }
  const { accepted, rejected } =
    endpoint === TRACK
      ? readTrackRows([TrackRow.safeParse(row).data ?? []].flat(), reader)
      : toRecords({ rows: [row], inherited, ignoredFields: [] }, endpoint, reader, rulesFor(field, reader))
  const [acceptedRow] = accepted
  const [rejectedRow] = rejected
  if (acceptedRow) return { index, run, read: { kind: 'record', row: acceptedRow } }
  if (rejectedRow) return { index, run, read: { kind: 'refused', row: { ...rejectedRow, index } } }
  // The current rules skip it, because it is certainly not data, or because the bridge did not write it.
  return {
    index,
    run,
    read: { kind: 'refused', row: { index, row, queue: 'profiles', code: 'NOT_A_DATA_ROW' } },
  }
}
