import { plainHeader } from '../../shared/flags.ts'
import { readFlag } from '../cells.ts'
import type { ColumnOf } from '../columns.ts'
import { shownName } from '../problems.ts'
import { readTime } from '../time.ts'
import { firstLines } from './ndjson.ts'
import { delimiterOf } from './table.ts'

/** Enough for a person to see what was taken for what. */
const SHOWN_LINES = 3
const SHOWN_CELLS = 20
const SHOWN_CHARACTERS = 20_000

/** What a line was taken for: the kinds of its cells, and their headers where there is a header. */
export type Understood = { line: number; cells: string[] }

/**
 * How the beginning of a text was understood that is no known format. Never a value: without a header that has a known
 * name, the first line may be somebody's data.
 */
export function describeLines(text: string, columnOf: ColumnOf): Understood[] {
  const lines = firstLines(text.slice(0, SHOWN_CHARACTERS), SHOWN_LINES)
  const delimiter = delimiterOf(lines[0] ?? '')
  const rows = lines.map((line) => line.split(delimiter, SHOWN_CELLS).map((cell) => cell.trim()))
  const [header = []] = rows
  const hasHeader = isHeader(header, columnOf)
  return rows.map((cells, index) => ({
    line: index + 1,
    cells: cells.map((cell) => (index === 0 && hasHeader ? `"${shownName(cell)}"` : kindOf(cell))),
  }))
}

/** Names of columns that are words, too: a cell of anybody's data may be one. */
const WORDS = new Set(['event', 'name', 'op', 'properties', 'time', 'timestamp'])

function isHeader(cells: readonly string[], columnOf: ColumnOf): boolean {
  const isKnown = (cell: string) => columnOf(cell).kind === 'field' && !WORDS.has(plainHeader(cell))
  return cells.some(isKnown) && cells.every((cell) => cell === '' || kindOf(cell) === 'text')
}

function kindOf(cell: string): string {
  if (cell === '') return 'empty'
  if (/^-?\d+(\.\d+)?$/.test(cell)) return 'number'
  if (readFlag(cell) !== undefined) return 'true or false'
  return readTime(cell) === undefined ? 'text' : 'time'
}
