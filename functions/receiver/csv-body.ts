import { CsvError, parse } from 'csv-parse/sync'
import type { ColumnOf } from './columns.ts'
import { type EmptyCells, putCell } from './empty-cell.ts'
import type { Json, JsonObject } from './json.ts'
import { MAX_NAMES, MAX_VALUES } from './json-body.ts'
import { repeated } from './mark-repeats.ts'
import {
  csvBroken,
  isProblem,
  type Problem,
  TOO_MANY_NAMES,
  TOO_MANY_ROWS,
  TOO_MANY_VALUES,
} from './problem.ts'
import { MAX_ROWS } from './rows.ts'

/** In the order in which they are preferred where the header has as many of one as of another. */
const DELIMITERS = [',', '\t', ';', '|'] as const

/** What is longer is no header: 20,000 columns of 50 characters. */
const MAX_HEADER_CHARACTERS = 1_000_000

/**
 * Reads a body of a header line and lines of cells, which are all texts. A line with more or fewer cells than the header
 * becomes a row that is a list, and is refused like any row that is no object.
 */
export function readCsv(text: string, rule: EmptyCells, columnOf: ColumnOf): { json: Json } | Problem {
  const delimiter = delimiterOf(headerLine(text))
  if (countCells(text, delimiter) > MAX_VALUES) return TOO_MANY_VALUES
  const lines = parseLines(text, delimiter)
  if (isProblem(lines)) return lines
  const [header = [], ...rest] = lines
  if (header.length > MAX_NAMES) return TOO_MANY_NAMES
  if (rest.length > MAX_ROWS) return TOO_MANY_ROWS
  return { json: rest.map((cells) => toRow(header, cells, rule, columnOf)) }
}

function toRow(
  header: readonly string[],
  cells: readonly string[],
  rule: EmptyCells,
  columnOf: ColumnOf,
): Json {
  if (cells.length !== header.length) return [...cells]
  const row: JsonObject = {}
  for (const [place, cell] of cells.entries()) {
    const name = header[place] ?? ''
    const isTwice = Object.hasOwn(row, name) && row[name] !== cell
    putCell(row, isTwice ? repeated(name) : name, cell, rule, columnOf)
  }
  return row
}

function parseLines(text: string, delimiter: string): string[][] | Problem {
  try {
    return parse(text, { delimiter, relax_column_count: true, skip_empty_lines: true })
  } catch (error) {
    // After a quote that is never closed nobody can know what is a row and what a cell.
    return csvBroken(error instanceof CsvError && typeof error.lines === 'number' ? error.lines : undefined)
  }
}

/** The cells of a text's first line, as a header. */
export function headerOf(text: string): string[] {
  const line = headerLine(text)
  const lines = parseLines(line, delimiterOf(line))
  return isProblem(lines) ? [] : (lines[0] ?? [])
}

function headerLine(text: string): string {
  const [line = ''] = /^\s*[^\r\n]*/.exec(text) ?? []
  return line.length > MAX_HEADER_CHARACTERS ? '' : line.trimStart()
}

/** The one that the header has most of, outside of quotes. */
export function delimiterOf(header: string): string {
  const bare = header.replace(/"[^"]*"/g, '')
  const counted = DELIMITERS.map((delimiter) => ({ delimiter, count: bare.split(delimiter).length }))
  return counted.reduce((most, next) => (next.count > most.count ? next : most)).delimiter
}

/** At most so many, counted without building any. Within quotes a delimiter is text, and so is the end of a line. */
function countCells(text: string, delimiter: string): number {
  let cells = 1
  let isQuoted = false
  for (let place = 0; place < text.length; place++) {
    const character = text[place]
    if (character === '"') isQuoted = !isQuoted
    else if (!isQuoted && (character === delimiter || character === '\n')) cells += 1
  }
  return cells
}
