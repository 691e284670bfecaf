import { CsvError, parse } from 'csv-parse/sync'
import type { Json, JsonObject } from '../../shared/json.ts'
import type { Field } from '../aliases.ts'
import { type EmptyCells, isEmpty, putCell } from '../cells.ts'
import type { ColumnOf } from '../columns.ts'
import { repeated } from '../exact-json.ts'
import { MAX_NAMES, MAX_ROWS, MAX_VALUES } from '../limits.ts'
import { csvBroken, type Problem, TOO_MANY_NAMES, TOO_MANY_ROWS, TOO_MANY_VALUES } from '../problems.ts'

/** In the order in which they are preferred where one is as good as another. */
const DELIMITERS = [',', '\t', ';', '|'] as const

/** Lines may end in each of these ways, also in one text. */
export const LINE_ENDS = ['\r\n', '\n', '\r']

/** What is longer is no header: 20,000 columns of 50 characters. */
const MAX_HEADER_CHARACTERS = 1_000_000

export type CsvHeader = {
  delimiter: string
  names: readonly string[]
  /** Where the header begins in the text, behind blank lines. */
  start: number
}

/**
 * The header of a text that is a table: its first line, if that names a column for the person. What separates its
 * columns is the character by which there is such a one, and most columns.
 */
export function csvHeader(text: string, columnOf: ColumnOf): CsvHeader | undefined {
  const first = text.search(/\S/)
  const start = Math.max(text.lastIndexOf('\n', first), text.lastIndexOf('\r', first)) + 1
  const line = text.slice(start, endOfLine(text, start))
  if (line.length > MAX_HEADER_CHARACTERS) return undefined
  return DELIMITERS.map((delimiter) => ({ delimiter, names: cellsOf(line, delimiter), start }))
    .filter(({ names }) => names.some((name) => isPerson(columnOf, name)))
    .reduce<CsvHeader | undefined>(
      (best, next) => (best && best.names.length >= next.names.length ? best : next),
      undefined,
    )
}

/** The one that a line has most of, outside of quotes. */
export function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '')
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }))
  return counted.reduce((most, next) => (next.count > most.count ? next : most)).delimiter
}

const PERSON: readonly Field[] = ['external id', 'braze id']

function isPerson(columnOf: ColumnOf, name: string): boolean {
  const column = columnOf(name)
  return column.kind === 'field' && PERSON.includes(column.field)
}

/** None where the quotes are broken. */
function cellsOf(line: string, delimiter: string): readonly string[] {
  try {
    return parse(line, { delimiter, record_delimiter: LINE_ENDS })[0] ?? []
  } catch {
    return []
  }
}

/** Outside of quotes. */
function endOfLine(text: string, start: number): number {
  let isQuoted = false
  for (let place = start; place < text.length; place++) {
    const character = text[place]
    if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && (character === '\n' || character === '\r')) return place
  }
  return text.length
}

/**
 * Reads a body of a header line and lines of cells, which are all texts. A line with more or fewer cells than the header
 * becomes a row that is a list, and is refused like any row that is no object.
 */
export function readCsv(
  text: string,
  { delimiter, names, start }: CsvHeader,
  rule: EmptyCells,
  columnOf: ColumnOf,
): { json: Json } | Problem {
  if (names.length > MAX_NAMES) return TOO_MANY_NAMES
  if (countCells(text, delimiter, MAX_VALUES) > MAX_VALUES) return TOO_MANY_VALUES
  const toRow = rowMaker(names, rule, columnOf)
  const rows: Json[] = []
  let isHeader = true
  let readBytes = 0
  // Rows are made one by one, so that no table of all cells stands beside them; nothing is left for the parser to keep.
  const take = (cells: string[], { bytes }: { bytes: number }) => {
    readBytes = bytes
    if (!isHeader && !isBlank(cells)) rows.push(cells.length === names.length ? toRow(cells) : cells)
    isHeader = false
    return null
  }
  const table = Buffer.from(text.slice(start))
  try {
    parse(table, { ...OPTIONS, delimiter, on_record: take })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // After a broken quote nobody can know what is a row and what a cell.
    const before =
      lineBreaks(Buffer.from(text.slice(0, start))) + lineBreaks(table, endOfBlank(table, readBytes))
    return csvBroken(before + 1)
  }
  return rows.length > MAX_ROWS ? TOO_MANY_ROWS : { json: rows }
}

const OPTIONS = {
  record_delimiter: LINE_ENDS,
  relax_column_count: true,
  skip_empty_lines: true,
}

/** A line of spaces, as some files end. */
const isBlank = (cells: readonly string[]) => cells.length === 1 && cells[0]?.trim() === ''

/** Counted without cutting up what may be millions of lines. */
function lineBreaks(bytes: Buffer, end = bytes.length): number {
  let breaks = 0
  for (let place = 0; place < end; place++)
    if (bytes[place] === LINE_FEED || (bytes[place] === CARRIAGE_RETURN && bytes[place + 1] !== LINE_FEED))
      breaks += 1
  return breaks
}

function endOfBlank(table: Buffer, start: number): number {
  let end = start
  while (table[end] === LINE_FEED || table[end] === CARRIAGE_RETURN) end += 1
  return end
}
const QUOTE = 0x22
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d

/**
 * Counts the cells of a table without building one; blank lines have none. Within quotes a delimiter is text, and so is
 * the end of a line.
 * @returns at most two past the limit.
 */
export function countCells(text: string, delimiter: string, limit: number): number {
  const separator = delimiter.charCodeAt(0)
  let cells = 0
  let isQuoted = false
  let isLineStart = true
  for (let place = 0; place < text.length && cells <= limit; place++) {
    const code = text.charCodeAt(place)
    if (code === QUOTE) isQuoted = !isQuoted
    if (!isQuoted && (code === LINE_FEED || code === CARRIAGE_RETURN)) {
      isLineStart = true
      continue
    }
    if (isLineStart) cells += 1
    if (!isQuoted && code === separator) cells += 1
    isLineStart = false
  }
  return cells
}

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
