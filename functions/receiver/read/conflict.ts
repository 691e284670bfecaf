import { flagAttribute } from '../../shared/flags.ts'
import { isObject, type Json, type JsonObject } from '../../shared/json.ts'
import { saysNothing } from '../cells.ts'
import type { Column, ColumnResolver } from '../columns.ts'
import { withoutMark } from '../exact-json.ts'
import type { RowErrorCode } from '../row-errors.ts'
import { headerOf } from './check-ids.ts'

/**
 * Finds the column that contradicts the one that an error names: it has the same meaning, or is written under the
 * same name. The search is made afterwards, so that rows without an error cost nothing.
 * @returns its header; undefined if the error is not a conflict, or if no column of the row contradicts.
 */
export function otherColumn(
  row: Json,
  code: RowErrorCode,
  field: string | undefined,
  columnOf: ColumnResolver,
): string | undefined {
  if (field === undefined || !isObject(row)) return undefined
  if (code === 'MEMBERSHIP_CONFLICT') return otherStatement(row, field, columnOf)
  if (code !== 'COLUMNS_CONFLICT') return undefined
  const meaning = meaningOf(field, columnOf(field))
  const same = Object.keys(row).filter(
    (header) => header !== field && meaningOf(header, columnOf(header)) === meaning,
  )
  // An empty cell contradicts only where it removes an attribute.
  return (
    same.find((header) => !saysNothing(row[header])) ??
    (columnOf(field).kind === 'field' ? undefined : same[0])
  )
}

/** Finds what else in the row states the same membership as the flag: another spelling of it, or the operation. */
function otherStatement(row: JsonObject, flag: string, columnOf: ColumnResolver): string | undefined {
  const isSameFlag = (header: string) => {
    const column = columnOf(header)
    return header !== flag && column.kind === 'flag' && flagAttribute(column) === flag
  }
  return (
    Object.keys(row).find(isSameFlag) ?? headerOf('op', row, columnOf) ?? headerOf('audience', row, columnOf)
  )
}

function meaningOf(header: string, column: Column): string {
  if (column.kind === 'field') return `field ${column.field}`
  return `name ${column.standard ?? column.name ?? withoutMark(header)}`
}
