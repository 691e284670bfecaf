import type { ColumnOf } from './columns.ts'
import { type EmptyCells, isEmpty, putCell } from './empty-cell.ts'
import type { JsonObject } from './json.ts'
import { repeated } from './mark-repeats.ts'

/**
 * Makes rows of cells that are all texts, under the same names each time. The second of two cells of one name gets a
 * marked name if the first says something else, as in JSON.
 */
export function rowMaker(
  names: readonly string[],
  rule: EmptyCells,
  columnOf: ColumnOf,
): (cells: readonly string[]) => JsonObject {
  const seen = new Set<string>()
  const isSecond = names.map((name) => seen.size === seen.add(name).size)
  return (cells) => {
    const row: JsonObject = {}
    for (const [place, cell] of cells.entries()) {
      const name = names[place] ?? ''
      const isTwice = isSecond[place] && Object.hasOwn(row, name) && row[name] !== readAs(cell, rule)
      putCell(row, isTwice ? repeated(name) : name, cell, rule, columnOf)
    }
    return row
  }
}

const readAs = (cell: string, rule: EmptyCells) => (rule === 'null' && isEmpty(cell) ? null : cell)
