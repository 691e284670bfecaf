import { asciiJsonUpTo } from '../../shared/ascii-json.ts'
import { isObject, type Json, type JsonObject } from '../../shared/json.ts'
import { MAX_RECORD_BYTES } from '../../shared/message.ts'
import {
  type BridgeRecord,
  chooseIdentifier,
  type EventRecord,
  type Identifier,
  type ProfileRecord,
  type QueueName,
  queueOf,
} from '../../shared/record.ts'
import { cellOf, readField, withEmptyCells } from '../cells.ts'
import type { ColumnResolver, RowReader } from '../columns.ts'
import type { Endpoint } from '../request-context.ts'
import { isRowError, type RowError, type RowErrorCode, rowError } from '../row-errors.ts'
import { readEventRow } from './event-row.ts'
import { readProfileRow } from './profile-row.ts'
import type { FoundRows, Inherited } from './rows.ts'
import { type Rules, rulesOf } from './rules.ts'

/**
 * A row that was read. `json` is its record exactly as its message will hold it, so that it is written only
 * once.
 */
export type AcceptedRow = {
  record: BridgeRecord
  user: Identifier
  json: string
  /** Whether a repetition of the row can be distinguished from a second event that looks the same. */
  deduplicable: boolean
}

/** A row that was rejected, and the queue whose dead-letter queue it belongs to. `index` counts from 0. */
export type RejectedRow = {
  index: number
  row: Json
  queue: QueueName
  code: RowErrorCode
  field?: string | undefined
  run?: string | undefined
}

export type Records = {
  accepted: readonly AcceptedRow[]
  rejected: readonly RejectedRow[]
  /** Names of attributes that the connection leaves out. */
  dropped?: ReadonlySet<string>
}

/** Reads every row by itself, so that an error in one never affects another. */
export function toRecords({ rows, inherited }: FoundRows, endpoint: Endpoint, reader: RowReader): Records {
  const { columnOf } = reader
  const rules = rulesOf(reader)
  const accepted: AcceptedRow[] = []
  const rejected: RejectedRow[] = []
  rows.forEach((row, index) => {
    const isEvent = isEventRow(row, endpoint, inherited, columnOf)
    const result = readRow(row, isEvent, inherited, endpoint, rules)
    if (isRowError(result))
      rejected.push({
        index,
        row,
        queue: isEvent ? 'events' : 'profiles',
        code: result.code,
        field: result.field,
        run: runOf(row, inherited, columnOf),
      })
    else accepted.push(result)
  })
  return { accepted, rejected, dropped: rules.dropped }
}

export const countOf = (read: readonly AcceptedRow[], queue: QueueName) =>
  read.filter(({ record }) => queueOf(record) === queue).length

/**
 * Whether a row is an event. At an endpoint that takes both kinds, a row is an event if it has a column for
 * the event's name, even an empty one.
 */
export function isEventRow(
  row: Json,
  endpoint: Endpoint,
  inherited: Inherited,
  columnOf: ColumnResolver,
): boolean {
  if (endpoint !== 'records') return endpoint === 'events'
  if (inherited['event name'] !== undefined) return true
  return isObject(row) && Object.keys(row).some((header) => isEventName(columnOf, header))
}

function isEventName(columnOf: ColumnResolver, header: string): boolean {
  const column = columnOf(header)
  return column.kind === 'field' && column.field === 'event name'
}

function readRow(
  row: Json,
  isEvent: boolean,
  inherited: Inherited,
  endpoint: Endpoint,
  rules: Rules,
): AcceptedRow | RowError {
  if (!isObject(row)) return rowError('ROW_NOT_OBJECT')
  const { emptyCells } = rules.connection
  const filled = emptyCells === undefined ? row : withEmptyCells(row, emptyCells, rules.columnOf)
  const result = isEvent
    ? readEventRow(filled, inherited, rules, endpoint)
    : readProfile(filled, inherited, rules)
  if (isRowError(result)) return result
  const user = chooseIdentifier(result.record, rules.connection.preferredIdentifier)
  if (!user) return rowError('IDENTIFIER_MISSING')
  const record = namedOnce(result.record, user)
  const json = asciiJsonUpTo(MAX_RECORD_BYTES, record)
  if (typeof json === 'number') return rowError('ROW_TOO_LARGE')
  return { record, user, json, deduplicable: result.deduplicable }
}

/** Keeps only the chosen identifier, because Braze rejects an object that carries two. */
function namedOnce<T extends ProfileRecord | EventRecord>(record: T, user: Identifier): T {
  if (record.external_id === undefined || record.braze_id === undefined) return record
  const { type, external_id: _external, braze_id: _braze, ...rest } = record
  return { type, ...user, ...rest } as T
}

function readProfile(row: JsonObject, inherited: Inherited, rules: Rules) {
  const record = readProfileRow(row, inherited, rules)
  return isRowError(record) ? record : { record, deduplicable: false }
}

/**
 * The run that a row names or inherits. It is also found in a row that can't be read, so that whoever looks
 * for a run finds its dead letters.
 */
export function runOf(row: Json, inherited: Inherited, columnOf: ColumnResolver): string | undefined {
  for (const [header, sent] of isObject(row) ? Object.entries(row) : []) {
    const column = columnOf(header)
    if (column.kind !== 'field' || column.field !== 'run') continue
    const cell = cellOf(column, sent)
    const run = isRowError(cell) ? undefined : readField('run', cell.value)
    if (typeof run === 'string') return run
  }
  return inherited.run
}
