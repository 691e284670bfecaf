import type { ColumnReading, ValueKind } from '../shared/capture.ts'
import type { ColumnType } from '../shared/connection.ts'
import type { MeaningOf } from './column-meaning.ts'
import { isEmpty } from './empty-cell.ts'
import { isObject, type Json } from './json.ts'
import { shownName } from './shown-name.ts'

/** More than a person looks through, and a made-up request may have 20,000. */
const MAX_COLUMNS = 200
const MAX_MEANINGS = 5

type Counted = { readAs: Set<string>; writtenAs: Set<string>; rows: number; kinds: ColumnReading['kinds'] }

/**
 * What each column of the rows was taken for, and what kinds of values it holds: no value.
 * @param typeOf the type that the connection gives a column.
 */
export function readColumns(
  rows: readonly Json[],
  meaningOf: MeaningOf,
  typeOf: (header: string) => ColumnType | undefined,
): { columns: ColumnReading[]; moreColumns: number } {
  const counted = new Map<string, Counted>()
  for (const row of rows) {
    for (const { header, value, meaning } of meaningOf(row)) {
      const column = counted.get(header) ?? newColumn(counted, header)
      column.rows += 1
      const kind = kindOf(value)
      column.kinds[kind] = (column.kinds[kind] ?? 0) + 1
      column.readAs.add(meaning.readAs)
      if (meaning.writtenAs !== undefined && column.writtenAs.size < MAX_MEANINGS)
        column.writtenAs.add(meaning.writtenAs)
    }
  }
  const columns = [...counted].slice(0, MAX_COLUMNS).map(([header, { readAs, writtenAs, rows, kinds }]) => {
    const type = typeOf(header)
    return {
      header: shownName(header),
      readAs: [...readAs],
      writtenAs: [...writtenAs].map(shownName),
      ...(type !== undefined && { type }),
      rows,
      kinds,
    }
  })
  return { columns, moreColumns: counted.size - columns.length }
}

function newColumn(counted: Map<string, Counted>, header: string): Counted {
  const column = { readAs: new Set<string>(), writtenAs: new Set<string>(), rows: 0, kinds: {} }
  counted.set(header, column)
  return column
}

export function kindOf(value: Json): ValueKind {
  if (value === null) return 'null'
  if (isEmpty(value)) return 'empty'
  if (Array.isArray(value)) return 'list'
  if (isObject(value)) return 'object'
  if (typeof value === 'string') return 'text'
  return typeof value === 'boolean' ? 'boolean' : 'number'
}
