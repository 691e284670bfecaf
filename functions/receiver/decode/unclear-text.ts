import { normalizeHeader } from '../../shared/flags.ts'
import { readFlag } from '../cells.ts'
import type { ColumnResolver } from '../columns.ts'
import { displayName } from '../problems.ts'
import { readTime } from '../time.ts'
import { firstLines, linesOf } from './ndjson.ts'
import { csvHeader, delimiterOf } from './table.ts'

/** Enough for a person to see how the text was read. */
const SHOWN_LINES = 3
const SHOWN_CELLS = 20
const SHOWN_CHARACTERS = 20_000

/** How a line was read: the kind of each cell or, in a header line, the header. */
export type Understood = { line: number; cells: string[] }

/**
 * Describes how the first lines of a text in no known format were read. It never shows a value: unless the
 * first line has a known column name, it may be somebody's data.
 */
export function describeLines(text: string, columnOf: ColumnResolver): Understood[] {
  const lines = firstLines(text.slice(0, SHOWN_CHARACTERS), SHOWN_LINES)
  const delimiter = delimiterOf(lines[0] ?? '')
  const rows = lines.map((line) => line.split(delimiter, SHOWN_CELLS).map((cell) => cell.trim()))
  const [header = []] = rows
  const hasHeader = isHeader(header, columnOf)
  return rows.map((cells, index) => ({
    line: index + 1,
    cells: cells.map((cell) => (index === 0 && hasHeader ? `"${displayName(cell)}"` : kindOf(cell))),
  }))
}

/**
 * Finds the header of a table that begins after other lines, such as a title.
 * @returns its number from 1; undefined if none of the first lines is one.
 */
export function headerLineOf(text: string, columnOf: ColumnResolver): number | undefined {
  const lines = firstLines(text.slice(0, SHOWN_CHARACTERS), LINES_BEFORE_HEADER)
  const index = lines.findIndex((line) => csvHeader(line, columnOf) !== undefined)
  return index < 0 ? undefined : linesOf(text, [index])[0]
}

/** The titles and rulers of reports take only a few lines. */
const LINES_BEFORE_HEADER = 10

/** Column names that are also ordinary words. A cell of somebody's data may hold one of them. */
const WORDS = new Set(['event', 'name', 'op', 'properties', 'time', 'timestamp'])

function isHeader(cells: readonly string[], columnOf: ColumnResolver): boolean {
  const isKnown = (cell: string) => columnOf(cell).kind === 'field' && !WORDS.has(normalizeHeader(cell))
  return cells.some(isKnown) && cells.every((cell) => cell === '' || kindOf(cell) === 'text')
}

function kindOf(cell: string): string {
  if (cell === '') return 'empty'
  if (/^-?\d+(\.\d+)?$/.test(cell)) return 'number'
  if (readFlag(cell) !== undefined) return 'true or false'
  return readTime(cell) === undefined ? 'text' : 'time'
}
