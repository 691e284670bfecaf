import type { ColumnOf } from './columns.ts'
import { readField } from './fields.ts'
import { isObject, type Json } from './json.ts'
import { isRefused } from './refusal.ts'
import type { Inherited } from './rows.ts'
import { cellOf } from './typed-cell.ts'

/** The run that a row names or inherits, also of one that can't be read: whoever looks for a run finds its letters. */
export function runOf(row: Json, inherited: Inherited, columnOf: ColumnOf): string | undefined {
  for (const [header, sent] of isObject(row) ? Object.entries(row) : []) {
    const column = columnOf(header)
    if (column.kind !== 'field' || column.field !== 'run') continue
    const cell = cellOf(column, sent)
    const run = isRefused(cell) ? undefined : readField('run', cell.value)
    if (typeof run === 'string') return run
  }
  return inherited.run
}
