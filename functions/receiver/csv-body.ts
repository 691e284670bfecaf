import { CsvError, parse } from 'csv-parse/sync'
import type { ColumnOf } from './columns.ts'
import { countCells } from './count-cells.ts'
import { type CsvHeader, LINE_ENDS } from './csv-header.ts'
import type { EmptyCells } from './empty-cell.ts'
import type { Json } from './json.ts'
import { MAX_NAMES, MAX_VALUES } from './json-body.ts'
import { csvBroken, type Problem, TOO_MANY_NAMES, TOO_MANY_ROWS, TOO_MANY_VALUES } from './problem.ts'
import { MAX_ROWS } from './rows.ts'
import { rowMaker } from './text-row.ts'

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
const LINE_FEED = 0x0a
const CARRIAGE_RETURN = 0x0d
