import type { ColumnType, Connection } from '../shared/connection.ts'
import { isBlank, tidy } from '../shared/invisible.ts'
import { type Json, type JsonObject, setKey } from '../shared/json.ts'
import { MAX_RECORD_BYTES } from '../shared/message.ts'
import { readStandardField, standardFieldRule } from '../shared/standard-fields.ts'
import { type Field, OPERATIONS } from './aliases.ts'
import type { Column, ColumnResolver } from './columns.ts'
import { isDamaged } from './damage.ts'
import { isLong, markRepeats, parseExactly, survivesAsDouble } from './exact-json.ts'
import { isRowError, type RowError, rowError } from './row-errors.ts'
import { readTime, writeTime } from './time.ts'

const OPERATION_OF_WORD = new Map<string, string>(
  Object.entries(OPERATIONS).flatMap(([operation, words]) => words.map((word) => [word, operation] as const)),
)

/**
 * Reads one cell of a field that the bridge itself uses.
 * @returns its text in one form, so that equal meanings are equal texts; undefined for an empty cell, which
 * says nothing; otherwise the row error.
 */
export function readField(field: Field, value: Json): string | undefined | RowError {
  if (value === null || isEmpty(value)) return undefined
  switch (field) {
    case 'op':
      return OPERATION_OF_WORD.get(wordOf(value)) ?? rowError('OP_UNKNOWN')
    case 'exported':
    case 'time':
      return readTime(value) ?? rowError('TIME_UNREADABLE')
    default:
      return readText(value)
  }
}

/**
 * Reads an id or a name, without the invisible characters around it: with them, the same person would become
 * a different one. A number becomes the digits that were sent, however many there are, because an id is a name and
 * is never calculated with.
 */
function readText(value: Json): string | RowError {
  if (typeof value === 'string') return isDamaged(value) ? rowError('TEXT_DAMAGED') : tidy(value)
  return digitsOf(value) ?? rowError('VALUE_NOT_TEXT')
}

/** @returns the digits of a whole number as they were sent, however many there are; undefined for any other value. */
export function digitsOf(value: Json): string | undefined {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  return JSON.isRawJSON(value) && /^-?\d+$/.test(value.rawJSON) ? value.rawJSON : undefined
}

/** The words that a flag column may hold besides a boolean. */
const FLAG_WORDS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

/** @returns undefined for a value that is neither true nor false. */
export const readFlag = (value: Json): boolean | undefined => FLAG_WORDS.get(wordOf(value))

/** Turns a cell into a word to look up. A list or an object becomes an empty word. */
const wordOf = (value: Json) => (typeof value === 'object' ? '' : tidy(String(value)).toLowerCase())

/** Wrapped, so that a row error cannot be confused with a JSON object sent as the value. */
export type ReadCell = { value: Json } | RowError

/** Reads a cell as its column's type, if the column has one. An empty cell of a type other than text is `null`. */
export const cellOf = ({ type }: Column, value: Json): ReadCell =>
  type === undefined ? { value } : (typedCell(value, type) ?? { value: null })

/**
 * Reads a cell as the type that its connection gives the column, whatever the sender's format made of it.
 * @returns undefined for an empty cell of a type other than text. It is never written under any rule: as empty
 * text, it could fix the attribute's type in Braze for every profile.
 */
export function typedCell(value: Json, type: ColumnType): ReadCell | undefined {
  if (value === null) return { value }
  if (isEmpty(value)) return type === 'string' ? { value } : undefined
  return READERS[type](value)
}

const READERS: Record<ColumnType, (value: Json) => ReadCell> = {
  int: (value) => {
    const text = textOf(value)
    if (text === undefined || !/^[+-]?\d+$/.test(text)) return fits(undefined)
    const number = Number(text)
    return Number.isSafeInteger(number) ? { value: number } : rowError('NUMBER_NOT_EXACT')
  },
  number: (value) => {
    // This number is exact: the reader of the body keeps a number that does not fit a double as it was
    // written.
    if (typeof value === 'number') return { value }
    const text = textOf(value)?.replace(/^\+/, '')
    if (text === undefined || !/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return fits(undefined)
    const number = Number(text)
    const isKept = !isLong(number, text) || survivesAsDouble({ rawJSON: text })
    return isKept ? { value: number } : rowError('NUMBER_NOT_EXACT')
  },
  bool: (value) => fits(readFlag(value)),
  date: (value) => fits(readTime(value)),
  // Any instant is accepted, because the type leaves nothing to guess. Most birthdays are before the years in
  // which a number without a type can be recognised as milliseconds.
  date_ms: (value) => {
    const text = textOf(value)
    return fits(text !== undefined && /^-?\d+$/.test(text) ? writeTime(new Date(Number(text))) : undefined)
  },
  string: (value) => {
    if (typeof value === 'string') return { value }
    return fits(typeof value === 'boolean' ? String(value) : textOf(value))
  },
  json: (value) => (typeof value === 'string' ? parsed(value) : { value }),
}

const fits = (value: Json | undefined): ReadCell =>
  value === undefined ? rowError('CELL_NOT_OF_TYPE') : { value }

/** @returns a number as it was written, or a string that may be a number; undefined for any other value. */
function textOf(value: Json): string | undefined {
  if (typeof value === 'string') return tidy(value)
  if (typeof value === 'number') return String(value)
  return JSON.isRawJSON(value) ? value.rawJSON : undefined
}

/** Parses a cell by the rules of a body: no number is changed, and no name that occurs twice is lost. */
function parsed(text: string): ReadCell {
  if (text.length > MAX_RECORD_BYTES) return rowError('ROW_TOO_LARGE')
  try {
    JSON.parse(text)
    return { value: parseExactly(markRepeats(text)) }
  } catch (error) {
    return rowError(error instanceof RangeError ? 'ROW_TOO_DEEP' : 'CELL_NOT_OF_TYPE')
  }
}

/**
 * Reads a cell of one of Braze's standard fields. The field's own form is tried before the type of the column,
 * because a time in UTC can be on another day than the one that was written. A cell that fits neither is
 * returned as it is: the worker withholds that field alone, so that it does not cost the row's membership.
 * @returns undefined for an empty cell of a field that cannot contain an empty text. Such a cell says nothing.
 */
export function standardCell(field: string, value: Json, type: ColumnType | undefined): Json | undefined {
  const breaksRule = (read: Json) => standardFieldRule(field, read) !== undefined
  if (isEmpty(value) && (breaksRule('') || (type ?? 'string') !== 'string')) return undefined
  const read = readStandardField(field, value)
  if (type === undefined || !breaksRule(read)) return read
  const cell = typedCell(value, type)
  const typed = cell === undefined || isRowError(cell) ? read : readStandardField(field, cell.value)
  return breaksRule(typed) ? read : typed
}

export type EmptyCells = NonNullable<Connection['emptyCells']>

/** By default, an empty cell means that nobody filled it in, so it is left out. */
export const DEFAULT_EMPTY_CELLS = 'skip' satisfies EmptyCells

/** Whether a cell is text without any visible character. */
export const isEmpty = (cell: Json) => typeof cell === 'string' && isBlank(cell)

/** Whether a cell is empty or missing. */
export const saysNothing = (cell: Json | undefined) => cell === undefined || cell === null || isEmpty(cell)

/**
 * Puts a cell into its row, an empty one by the rule for empty cells. An empty membership is left out under
 * the `null` rule too, because `null` would remove the flag.
 */
export function putCell(
  row: JsonObject,
  header: string,
  cell: Json,
  rule: EmptyCells,
  columnOf: ColumnResolver,
): void {
  if (!isEmpty(cell) || rule === 'keep') setKey(row, header, cell)
  else if (rule === 'null' && columnOf(header).kind !== 'flag') setKey(row, header, null)
}

/**
 * Applies the rule for empty cells to a row whose format has not applied it.
 * @param words the connection's words for an empty cell.
 */
export function withEmptyCells(
  row: JsonObject,
  rule: EmptyCells,
  columnOf: ColumnResolver,
  words: ReadonlySet<string> = NO_WORDS,
): JsonObject {
  const isWord = (cell: Json) => words.size > 0 && typeof cell === 'string' && words.has(tidy(cell))
  if (!Object.values(row).some((cell) => isEmpty(cell) || isWord(cell))) return row
  const ruled: JsonObject = {}
  for (const [header, cell] of Object.entries(row))
    putCell(ruled, header, isWord(cell) && !decidesMembership(columnOf(header)) ? '' : cell, rule, columnOf)
  return ruled
}

/**
 * An operation or a split that is a word for a missing value stays what it is and is rejected: as an empty cell it would
 * mean entering, and the default split.
 */
export const decidesMembership = (column: Column) =>
  column.opLikeness !== undefined ||
  (column.kind === 'field' && (column.field === 'op' || column.field === 'split'))

const NO_WORDS: ReadonlySet<string> = new Set()
