import { isObject, type Json, type JsonObject, setKey } from '../../shared/json.ts'
import type { Membership } from '../../shared/record.ts'
import type { Field } from '../aliases.ts'
import { readField, readFlag, typedCell } from '../cells.ts'
import type { Column, ColumnOf } from '../columns.ts'
import { isRepeat, survivesAsDouble } from '../exact-json.ts'
import { MAX_DEPTH } from '../limits.ts'
import { isRefused, type RefusalCode, type Refused, refuse } from '../row-errors.ts'

export type Fields = { [field in Field]?: string }
/** `name` is the name that the cell has as an attribute or a property. */
export type Cell = { header: string; name: string; value: Json }
export type Sorted = {
  fields: Fields
  /** The memberships from `AIQ_<audience>_<split>` columns. */
  flags: Membership[]
  /** Cells of fields that the reader of this kind of row handles itself. */
  aside: Partial<Record<Field, Cell[]>>
  /** Every other column, under its header or the name that the connection gives it. */
  rest: JsonObject
}

/**
 * Which fields are read for a kind of row, which ones its reader handles itself, and whether it has
 * memberships.
 */
export type Reading = { reads: ReadonlySet<Field>; aside: ReadonlySet<Field>; flags: boolean }

/** Goes through a row once and sorts its cells by what their columns mean in this kind of row. */
export function sortColumns(row: JsonObject, reading: Reading, columnOf: ColumnOf): Sorted | Refused {
  const sorted: Sorted = { fields: {}, flags: [], aside: {}, rest: {} }
  for (const header in row) {
    const refused = sortCell(sorted, header, row[header] ?? null, reading, columnOf)
    if (refused) return refused
  }
  return sorted
}

function sortCell(
  sorted: Sorted,
  header: string,
  sent: Json,
  reading: Reading,
  columnOf: ColumnOf,
): Refused | undefined {
  const column = columnOf(header)
  if (column.kind === 'dropped') return undefined
  if (isRepeat(header)) return refuse('COLUMN_TWICE', header)
  if (column.type === undefined) return keepCell(sorted, column, header, sent, reading)
  const cell = typedCell(sent, column.type)
  if (isRefused(cell)) return refuse(cell.refused, header)
  return keepCell(sorted, column, header, cell.value, reading)
}

function keepCell(
  sorted: Sorted,
  column: Column,
  header: string,
  value: Json,
  reading: Reading,
): Refused | undefined {
  if (column.kind === 'flag' && reading.flags) return keepFlag(sorted, column, header, value)
  if (column.kind === 'field' && reading.reads.has(column.field))
    return keepField(sorted.fields, column.field, header, value, column.idPrefix)
  const { name = header } = column
  if (column.kind === 'field' && reading.aside.has(column.field)) {
    const cells = sorted.aside[column.field] ?? []
    cells.push({ header, name, value })
    sorted.aside[column.field] = cells
    return undefined
  }
  if (column.shared) return keepOnce(sorted.rest, { header, name, value })
  return keepValue(sorted.rest, header, value)
}

/**
 * A column that gets another name can collide with another column. That is an error unless their values are
 * equal.
 */
export function keepOnce(target: JsonObject, { header, name, value }: Cell): Refused | undefined {
  if (Object.hasOwn(target, name) && JSON.stringify(target[name]) !== JSON.stringify(value))
    return refuse('COLUMNS_CONFLICT', header)
  const refused = keepValue(target, name, value)
  return refused && refuse(refused.refused, header)
}

export function keepField(
  fields: Fields,
  field: Field,
  header: string,
  value: Json,
  idPrefix = '',
): Refused | undefined {
  const sent = readField(field, value)
  if (sent === undefined) return undefined
  if (typeof sent !== 'string') return refuse(sent.refused, header)
  const text = idPrefix !== '' && sent.startsWith(idPrefix) ? sent.slice(idPrefix.length) : sent
  if (idPrefix !== '' && text.trim() === '') return refuse('IDENTIFIER_MISSING', header)
  const before = fields[field]
  if (before !== undefined && before !== text) return refuse('COLUMNS_CONFLICT', header)
  fields[field] = text
  return undefined
}

function keepFlag(
  sorted: Sorted,
  { audience_id, split_id }: { audience_id: string; split_id: string },
  header: string,
  value: Json,
): Refused | undefined {
  const member = readFlag(value)
  if (member === undefined) return refuse('FLAG_NOT_BOOLEAN', header)
  sorted.flags.push({ audience_id, split_id, member })
  return undefined
}

/**
 * Keeps an attribute or a property if it can be passed on as it was sent.
 * @returns the row error if it can't.
 */
export function keepValue(target: JsonObject, header: string, value: Json): Refused | undefined {
  const fault = typeof value === 'object' && value !== null ? faultOf(value, 1) : undefined
  if (fault) return refuse(fault, header)
  setKey(target, header, value)
  return undefined
}

function faultOf(value: Json, depth: number): RefusalCode | undefined {
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
