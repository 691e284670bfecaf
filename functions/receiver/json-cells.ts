import type { ColumnOf } from './columns.ts'
import { countValues } from './count-values.ts'
import { isObject, type Json } from './json.ts'
import { MAX_VALUES } from './json-body.ts'
import { type Problem, TOO_MANY_VALUES } from './problem.ts'

/**
 * Judges the cells that a connection has parsed as JSON. To the body each is one text; parsed, they must not hold more
 * than a body may, or a small request could take all memory.
 */
export function judgeJsonCells(rows: readonly Json[], columnOf: ColumnOf): Problem | undefined {
  let room = MAX_VALUES
  for (const row of rows) {
    if (!isObject(row)) continue
    for (const header of Object.keys(row)) {
      const cell = row[header]
      if (typeof cell === 'string' && columnOf(header).type === 'json') room -= countValues(cell, room).values
      if (room < 0) return TOO_MANY_VALUES
    }
  }
  return undefined
}
