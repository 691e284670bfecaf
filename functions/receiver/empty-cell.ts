import type { Connection } from '../shared/connection.ts'
import { setKey } from '../shared/set-key.ts'
import type { ColumnOf } from './columns.ts'
import type { Json, JsonObject } from './json.ts'

export type EmptyCells = NonNullable<Connection['emptyCells']>

export const isEmpty = (cell: Json) => typeof cell === 'string' && cell.trim() === ''

/**
 * Puts a cell into its row, an empty one by the rule for empty cells. An empty membership says nothing, whatever the rule:
 * `null` would take a flag away.
 */
export function putCell(
  row: JsonObject,
  header: string,
  cell: Json,
  rule: EmptyCells,
  columnOf: ColumnOf,
): void {
  if (!isEmpty(cell) || rule === 'keep') setKey(row, header, cell)
  else if (rule === 'null' && columnOf(header).kind !== 'flag') setKey(row, header, null)
}

/** The row by that rule, where its format has not applied it. */
export function withEmptyCells(row: JsonObject, rule: EmptyCells, columnOf: ColumnOf): JsonObject {
  if (!Object.values(row).some(isEmpty)) return row
  const ruled: JsonObject = {}
  for (const [header, cell] of Object.entries(row)) putCell(ruled, header, cell, rule, columnOf)
  return ruled
}
