import { parse } from 'csv-parse/sync'
import type { ColumnOf, Field } from './columns.ts'

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
