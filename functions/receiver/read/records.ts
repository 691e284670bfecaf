import { asciiJsonUpTo } from '../../shared/ascii-json.ts'
import { invisibleIn } from '../../shared/invisible.ts'
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
import { cellOf, DEFAULT_EMPTY_CELLS, readField, withEmptyCells } from '../cells.ts'
import type { ColumnResolver, RowReader } from '../columns.ts'
import { damagedColumn } from '../damage.ts'
import type { Endpoint } from '../request-context.ts'
import { isRowError, type RowError, type RowErrorCode, rowError } from '../row-errors.ts'
import { otherColumn } from './conflict.ts'
import { readEventRow } from './event-row.ts'
import { isFurniture } from './furniture.ts'
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
  /** The person enters an audience only because the row is there, without an operation. */
  byPresence?: boolean
}

/** A row that was rejected, and the queue whose dead-letter queue it belongs to. `index` counts from 0. */
export type RejectedRow = {
  index: number
  row: Json
  queue: QueueName
  code: RowErrorCode
  field?: string | undefined
  /** The other column of a conflict. */
  other?: string | undefined
  /** The name of an invisible character in the cell at fault. */
  hidden?: string | undefined
  run?: string | undefined
}

export type Records = {
  accepted: readonly AcceptedRow[]
  rejected: readonly RejectedRow[]
  /** The indexes of rows that are certainly not data. They are neither accepted nor rejected. */
  skipped?: ReadonlySet<number>
  /** Names of attributes that the connection leaves out. */
  leftOut?: ReadonlySet<string>
}

/**
 * Reads every row by itself, so that an error in one never affects another.
 * If the body is known to have no damaged text, the rows are not searched for it.
 */
export function toRecords(
  { rows, inherited, mayHoldDamage = true }: FoundRows,
  endpoint: Endpoint,
  reader: RowReader,
  rules: Rules = rulesOf(reader),
): Records {
  const known = rules.operationColumns.size
  const records = readRows({ rows, inherited, mayHoldDamage }, endpoint, reader, rules)
  // Rows before the first one that shows what a column means must be read with that knowledge too.
  return rules.operationColumns.size > known
    ? readRows({ rows, inherited, mayHoldDamage }, endpoint, reader, rules)
    : records
}

function readRows(
  { rows, inherited, mayHoldDamage }: Omit<Required<FoundRows>, 'ignoredFields'>,
  endpoint: Endpoint,
  { columnOf }: RowReader,
  rules: Rules,
): Records {
  const accepted: AcceptedRow[] = []
  const rejected: RejectedRow[] = []
  const skipped = new Set<number>()
  rows.forEach((row, index) => {
    const isEvent = isEventRow(row, endpoint, inherited, columnOf)
    const damaged = mayHoldDamage ? damagedColumn(row, rules.isDropped) : undefined
    const result =
      damaged === undefined
        ? readRow(row, isEvent, inherited, endpoint, rules)
        : rowError('TEXT_DAMAGED', damaged)
    if (!isRowError(result)) accepted.push(result)
    else if (isFurniture(row)) skipped.add(index)
    else rejected.push(rejectedRow(index, row, isEvent, result, inherited, columnOf))
  })
  return { accepted, rejected, leftOut: rules.leftOut, ...(skipped.size > 0 && { skipped }) }
}

const rejectedRow = (
  index: number,
  row: Json,
  isEvent: boolean,
  { code, field, other }: RowError,
  inherited: Inherited,
  columnOf: ColumnResolver,
): RejectedRow => ({
  index,
  row,
  queue: isEvent ? 'events' : 'profiles',
  code,
  field,
  other: other ?? otherColumn(row, code, field, columnOf),
  hidden: hiddenIn(row, field),
  run: runOf(row, inherited, columnOf),
})

function hiddenIn(row: Json, field: string | undefined): string | undefined {
  const cell = field !== undefined && isObject(row) ? row[field] : undefined
  return typeof cell === 'string' ? invisibleIn(cell) : undefined
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
  const { emptyCells = DEFAULT_EMPTY_CELLS } = rules.connection
  const filled = rules.fillsCells ? withEmptyCells(row, emptyCells, rules.columnOf, rules.emptyWords) : row
  const result = isEvent
    ? readEventRow(filled, inherited, rules, endpoint)
    : readProfile(filled, inherited, rules)
  if (isRowError(result)) return result
  const user = chooseIdentifier(result.record, rules.connection.preferredIdentifier)
  if (!user) return rowError('IDENTIFIER_MISSING')
  const record = namedOnce(result.record, user)
  const json = asciiJsonUpTo(MAX_RECORD_BYTES, record)
  if (typeof json === 'number') return rowError('ROW_TOO_LARGE')
  const { deduplicable } = result
  return { record, user, json, deduplicable, byPresence: 'byPresence' in result && result.byPresence }
}

/** Keeps only the chosen identifier, because Braze rejects an object that carries two. */
function namedOnce<T extends ProfileRecord | EventRecord>(record: T, user: Identifier): T {
  if (record.external_id === undefined || record.braze_id === undefined) return record
  const { type, external_id: _external, braze_id: _braze, ...rest } = record
  return { type, ...user, ...rest } as T
}

function readProfile(row: JsonObject, inherited: Inherited, rules: Rules) {
  const read = readProfileRow(row, inherited, rules)
  return isRowError(read) ? read : { ...read, deduplicable: false }
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
