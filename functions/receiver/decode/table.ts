import { CsvError, parse } from 'csv-parse/sync'
import { isBlank } from '../../shared/invisible.ts'
import type { Json, JsonObject } from '../../shared/json.ts'
import type { Field } from '../aliases.ts'
import { type EmptyCells, isEmpty, putCell } from '../cells.ts'
import type { ColumnResolver } from '../columns.ts'
import { isDamaged } from '../damage.ts'
import { repeated } from '../exact-json.ts'
import { MAX_NAMES, MAX_ROWS, MAX_VALUES } from '../limits.ts'
import {
  csvBroken,
  NOT_UTF8,
  type Problem,
  secondHeader,
  TOO_MANY_NAMES,
  TOO_MANY_ROWS,
  TOO_MANY_VALUES,
} from '../problems.ts'
import type { ReadBody } from './read-body.ts'

/** In order of preference, for headers that several of them fit equally well. */
const DELIMITERS = [',', '\t', ';', '|'] as const

/** Lines may end in any of these ways, even in different ways within one text. */
export const LINE_ENDS = ['\r\n', '\n', '\r']

/** A longer first line is not a header. The limit is room for 20,000 columns of 50 characters. */
const MAX_HEADER_CHARACTERS = 1_000_000

export type CsvHeader = {
  delimiter: string
  names: readonly string[]
  /** The index in the text at which the header begins, after any blank lines. */
  start: number
}

/**
 * Finds the header of a table: its first line, if that names a column for the person. The delimiter is the
 * one that yields such a column and the most columns.
 * @returns undefined if the text is not a table.
 */
export function csvHeader(text: string, columnOf: ColumnResolver): CsvHeader | undefined {
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

/** The delimiter that occurs most often in a line, outside quotes. */
export function delimiterOf(line: string): string {
  const bare = line.replace(/"[^"]*"/g, '')
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }))
  return counted.reduce((most, next) => (next.count > most.count ? next : most)).delimiter
}

const PERSON: readonly Field[] = ['external id', 'braze id']

function isPerson(columnOf: ColumnResolver, name: string): boolean {
  const column = columnOf(name)
  return column.kind === 'field' && PERSON.includes(column.field)
}

/** @returns no cells if the quotes are broken. */
function cellsOf(line: string, delimiter: string): readonly string[] {
  try {
    return parse(line, { delimiter, record_delimiter: LINE_ENDS })[0] ?? []
  } catch {
    return []
  }
}

/** @returns the index of the first line break outside quotes, or the length of the text. */
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
 * Reads a body that is a header line and lines of cells. Every cell is a string. A line with more or fewer
 * cells than the header becomes a row that is a list, and is rejected like any row that is not an object. A line
 * of empty cells is a blank line: spreadsheets write such lines after the data.
 */
export function readCsv(
  text: string,
  { delimiter, names, start }: CsvHeader,
  rule: EmptyCells,
  columnOf: ColumnResolver,
): ReadBody | Problem {
  if (names.length > MAX_NAMES) return TOO_MANY_NAMES
  if (names.some(isDamaged)) return NOT_UTF8
  if (countCells(text, delimiter, MAX_VALUES) > MAX_VALUES) return TOO_MANY_VALUES
  const toRow = rowMaker(names, rule, columnOf)
  const person = names.find((name) => isPerson(columnOf, name)) ?? ''
  let otherHeader: number | undefined
  const rows: Json[] = []
  /** The byte of the table at which each row begins. */
  const starts: number[] = []
  let isHeader = true
  let blankLines = 0
  let readBytes = 0
  // Each row is made here and nothing is returned for the parser to keep, so that there is never a table of
  // all cells in memory beside the rows.
  const take = (cells: string[], { bytes }: { bytes: number }) => {
    const start = readBytes
    readBytes = bytes
    if (isHeader) isHeader = false
    else if (isBlankLine(cells)) blankLines += isRowOfFile(cells) ? 1 : 0
    else {
      if (cells.includes(person) && !isSameLine(cells, names)) otherHeader ??= start
      rows.push(cells.length === names.length ? toRow(cells) : cells)
      starts.push(start)
    }
    return null
  }
  const table = Buffer.from(text.slice(start))
  try {
    parse(table, { ...OPTIONS, delimiter, on_record: take })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    // After a broken quote, there is no way to tell where a row or a cell ends.
    return csvBroken(linesAt([readBytes])[0])
  }
  if (rows.length > MAX_ROWS) return TOO_MANY_ROWS
  if (otherHeader !== undefined) return secondHeader(linesAt([otherHeader])[0])
  const linesOf = (indexes: readonly number[]) => linesAt(indexes.map((index) => starts[index] ?? 0))
  return { json: rows, isTable: true, linesOf, ...(blankLines > 0 && { blankLines }) }

  /** @param places bytes of the table, in ascending order. @returns the lines on which the rows there begin. */
  function linesAt(places: readonly number[]): number[] {
    let line = 1 + lineBreaks(Buffer.from(text.slice(0, start)), 0)
    let counted = 0
    return places.map((place) => {
      const end = endOfBlank(table, place)
      line += lineBreaks(table, counted, end)
      counted = end
      return line
    })
  }
}

const isSameLine = (cells: readonly string[], names: readonly string[]) =>
  cells.length === names.length && cells.every((cell, place) => cell === names[place])

const OPTIONS = {
  record_delimiter: LINE_ENDS,
  relax_column_count: true,
  skip_empty_lines: true,
}

/** Whether `send`, which cuts files into rows, counts a blank line: not if it has only spaces. */
const isRowOfFile = (cells: readonly string[]) => cells.length > 1 || !/^[ \v\f]*$/.test(cells[0] ?? '')

/** Whether a line has no visible character. Nearly every line has one in its first cell. */
const isBlankLine = (cells: readonly string[]) => isBlank(cells[0] ?? '') && cells.every(isBlank)

/** Counts line breaks without splitting the text, which may have millions of lines. */
function lineBreaks(bytes: Buffer, start: number, end = bytes.length): number {
  let breaks = 0
  for (let place = start; place < end; place++)
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
 * Counts the cells of a table without building one. Blank lines have no cells, and within quotes delimiters
 * and line ends are text.
 * @returns the number of cells, but at most two more than the limit.
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
 * Makes rows from cells that are all strings, under the same names each time. If two columns have the same
 * name and their cells differ, the second cell gets a marked name, as in JSON.
 */
export function rowMaker(
  names: readonly string[],
  rule: EmptyCells,
  columnOf: ColumnResolver,
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
