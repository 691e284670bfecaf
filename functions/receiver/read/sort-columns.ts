import { tidy } from '../../shared/invisible.ts'
import { isObject, type Json, type JsonObject, setKey } from '../../shared/json.ts'
import type { Membership } from '../../shared/record.ts'
import type { Field } from '../aliases.ts'
import { readField, readFlag, saysNothing, standardCell, typedCell } from '../cells.ts'
import type { Column, ColumnResolver } from '../columns.ts'
import { isRepeat, survivesAsDouble } from '../exact-json.ts'
import { MAX_DEPTH } from '../limits.ts'
import { nonIdCode } from '../non-ids.ts'
import { type OpLikeness, operationIn } from '../op-like.ts'
import { isRowError, type RowError, type RowErrorCode, rowError } from '../row-errors.ts'

export type RowFields = { [field in Field]?: string }

/** `name` is the name that the cell has as an attribute or a property. */
export type Cell = { header: string; name: string; value: Json }
export type SortedRow = {
  fields: RowFields
  /** The memberships from `AIQ_<audience>_<split>` columns. */
  flags: Membership[]
  /** Cells of fields that the reader of this kind of row handles itself. */
  deferred: Partial<Record<Field, Cell[]>>
  /** Every other column, under its header or the name that the connection gives it. */
  rest: JsonObject
  /** An earlier column was written under another name, which a later column may also have. */
  isRenamed?: true
  /** A column that seems to hold an operation and is not read as one. One that means leaving counts first. */
  opLike?: { header: string; likeness: OpLikeness; leaves: boolean }
}

/**
 * Which fields are read for a kind of row, which ones its reader handles itself, and whether it changes a
 * profile. Only such a row has memberships and Braze's standard fields.
 */
export type ColumnUse = { reads: ReadonlySet<Field>; deferred: ReadonlySet<Field>; isProfile: boolean }

/** Goes through a row once and sorts its cells by what their columns mean in this kind of row. */
export function sortColumns(
  row: JsonObject,
  reading: ColumnUse,
  columnOf: ColumnResolver,
): SortedRow | RowError {
  const sorted: SortedRow = { fields: {}, flags: [], deferred: {}, rest: {} }
  for (const header in row) {
    const error = sortCell(sorted, header, row[header] ?? null, reading, columnOf)
    if (error) return error
  }
  return sorted
}

function sortCell(
  sorted: SortedRow,
  header: string,
  sent: Json,
  reading: ColumnUse,
  columnOf: ColumnResolver,
): RowError | undefined {
  const column = columnOf(header)
  if (column.kind === 'dropped') return undefined
  if (column.kind === 'unnamed') return saysNothing(sent) ? undefined : rowError('COLUMN_UNNAMED', header)
  if (isRepeat(header)) return rowError('COLUMN_TWICE', header)
  if (column.standard !== undefined && reading.isProfile)
    return setStandardField(sorted.rest, column.standard, standardCell(column.standard, sent, column.type))
  if (column.opLikeness !== undefined && reading.isProfile) noteOperation(sorted, column, header, sent)
  if (column.type === undefined) return placeCell(sorted, column, header, sent, reading)
  if (isRewrittenId(column, sent)) return rowError('NUMBER_REWRITTEN', header)
  const cell = typedCell(sent, column.type)
  if (cell === undefined) return undefined
  if (isRowError(cell)) return rowError(cell.code, header)
  return placeCell(sorted, column, header, cell.value, reading)
}

const IDS: ReadonlySet<Field> = new Set<Field>(['external id', 'braze id', 'audience', 'split'])

/** A type would make a usual number of it, and hide that digits may be lost. */
const isRewrittenId = (column: Column, sent: Json) =>
  column.kind === 'field' &&
  IDS.has(column.field) &&
  typeof sent === 'string' &&
  !column.allowed?.has(tidy(sent)) &&
  nonIdCode(tidy(sent), 'person') === 'NUMBER_REWRITTEN'

function noteOperation(sorted: SortedRow, { opLikeness }: Column, header: string, sent: Json): void {
  if (opLikeness === undefined) return
  const operation = operationIn(sent, opLikeness)
  if (operation === undefined || sorted.opLike?.leaves) return
  if (operation === 'leave' || !sorted.opLike)
    sorted.opLike = { header, likeness: opLikeness, leaves: operation === 'leave' }
}

function placeCell(
  sorted: SortedRow,
  column: Column,
  header: string,
  value: Json,
  reading: ColumnUse,
): RowError | undefined {
  if (column.kind === 'flag' && reading.isProfile) return addFlag(sorted, column, header, value)
  if (column.kind === 'field' && reading.reads.has(column.field))
    return setField(sorted.fields, column.field, header, value, column.idPrefix)
  const { name = header } = column
  if (column.kind === 'field' && reading.deferred.has(column.field)) {
    const cells = sorted.deferred[column.field] ?? []
    cells.push({ header, name, value })
    sorted.deferred[column.field] = cells
    return undefined
  }
  if (column.mayCollide && name !== header) sorted.isRenamed = true
  if (column.mayCollide || sorted.isRenamed) return setValueOnce(sorted.rest, { header, name, value })
  return setValue(sorted.rest, header, value)
}

/**
 * A column that gets another name can collide with another column. That is an error unless their values are
 * equal.
 */
export function setValueOnce(target: JsonObject, { header, name, value }: Cell): RowError | undefined {
  if (Object.hasOwn(target, name) && JSON.stringify(target[name]) !== JSON.stringify(value))
    return rowError('COLUMNS_CONFLICT', header)
  const error = setValue(target, name, value)
  return error && rowError(error.code, header)
}

function setStandardField(target: JsonObject, name: string, value: Json | undefined): RowError | undefined {
  if (value === undefined) return undefined
  const isKept = typeof value !== 'object' || value === null || faultOf(value, 1) === undefined
  const sent = isKept ? value : [textOf(value)]
  const before = Object.hasOwn(target, name) ? (target[name] ?? null) : null
  // If two columns of one field have different values, neither is known to be right. No standard field accepts a
  // list of both, so the worker withholds them. If one of the two is null, the other counts.
  if (before === null) return setValue(target, name, sent)
  if (sent === null || JSON.stringify(before) === JSON.stringify(sent)) return undefined
  return setValue(target, name, [[before, sent]])
}

/**
 * Keeps a value that cannot be passed on as it was sent, so that the worker withholds it and names the reason:
 * no standard field accepts a list of one text.
 */
function textOf(value: Json): string {
  try {
    return JSON.stringify(value)
  } catch {
    return '(nested too deeply)'
  }
}

export function setField(
  fields: RowFields,
  field: Field,
  header: string,
  value: Json,
  idPrefix = '',
): RowError | undefined {
  const sent = readField(field, value)
  if (sent === undefined) return undefined
  if (typeof sent !== 'string') return rowError(sent.code, header)
  const text = idPrefix !== '' && sent.startsWith(idPrefix) ? tidy(sent.slice(idPrefix.length)) : sent
  if (text === '') return rowError('IDENTIFIER_MISSING', header)
  const before = fields[field]
  if (before !== undefined && before !== text) return rowError('COLUMNS_CONFLICT', header)
  fields[field] = text
  return undefined
}

function addFlag(
  sorted: SortedRow,
  { audience_id, split_id, code }: Extract<Column, { kind: 'flag' }>,
  header: string,
  value: Json,
): RowError | undefined {
  if (code !== undefined) return rowError(code, header)
  const member = readFlag(value)
  if (member === undefined) return rowError('FLAG_NOT_BOOLEAN', header)
  sorted.flags.push({ audience_id, split_id, member })
  return undefined
}

/**
 * Keeps an attribute or a property if it can be passed on as it was sent.
 * @returns the row error if it can't.
 */
export function setValue(target: JsonObject, header: string, value: Json): RowError | undefined {
  const fault = typeof value === 'object' && value !== null ? faultOf(value, 1) : undefined
  if (fault) return rowError(fault, header)
  setKey(target, header, value)
  return undefined
}

function faultOf(value: Json, depth: number): RowErrorCode | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (JSON.isRawJSON(value)) return survivesAsDouble(value) ? undefined : 'NUMBER_NOT_EXACT'
  if (depth > MAX_DEPTH) return 'ROW_TOO_DEEP'
  if (isObject(value) && Object.keys(value).some(isRepeat)) return 'COLUMN_TWICE'
  for (const inner of isObject(value) ? Object.values(value) : value) {
    const fault = faultOf(inner, depth + 1)
    if (fault) return fault
  }
  return undefined
}
