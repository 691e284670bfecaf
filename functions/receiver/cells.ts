import type { ColumnType, Connection } from '../shared/connection.ts'
import { type Json, type JsonObject, setKey } from '../shared/json.ts'
import { MAX_RECORD_BYTES } from '../shared/message.ts'
import { type Field, OPERATIONS } from './aliases.ts'
import type { Column, ColumnOf } from './columns.ts'
import { isLong, markRepeats, parseExactly, survivesAsDouble } from './exact-json.ts'
import { type Refused, refuse } from './row-errors.ts'
import { readTime, writeTime } from './time.ts'

const OPERATION_OF_WORD = new Map<string, string>(
  Object.entries(OPERATIONS).flatMap(([operation, words]) => words.map((word) => [word, operation] as const)),
)

/**
 * Reads one cell of a field that the bridge itself uses.
 * @returns its text in one form, so that equal meanings are equal texts; undefined for an empty cell, which says
 * nothing; or why it can't be read.
 */
export function readField(field: Field, value: Json): string | undefined | Refused {
  if (value === null || (typeof value === 'string' && value.trim() === '')) return undefined
  switch (field) {
    case 'op':
      return OPERATION_OF_WORD.get(wordOf(value)) ?? refuse('OP_UNKNOWN')
    case 'exported':
    case 'time':
      return readTime(value) ?? refuse('TIME_UNREADABLE')
    // They become part of an attribute's name, from which Braze takes outer spaces away.
    case 'audience':
    case 'split':
    case 'run':
      return readText(value, (text) => text.trim())
    default:
      return readText(value, (text) => text)
  }
}

/**
 * Stands where a byte was no UTF-8, once API Gateway has made text of a body in another character set. An identifier
 * that holds it would be another person's.
 */
const REPLACEMENT_CHARACTER = '\ufffd'

/** Numbers become the digits they were sent with, however many: an id is a name, and is never counted with. */
function readText(value: Json, tidy: (text: string) => string): string | Refused {
  if (typeof value === 'string')
    return value.includes(REPLACEMENT_CHARACTER) ? refuse('TEXT_DAMAGED') : tidy(value)
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  if (JSON.isRawJSON(value) && /^-?\d+$/.test(value.rawJSON)) return value.rawJSON
  return refuse('VALUE_NOT_TEXT')
}

/** What a flag column may hold, beside a boolean itself. */
const FLAG_WORDS = new Map([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])

/** @returns undefined for what is neither true nor false. */
export const readFlag = (value: Json): boolean | undefined => FLAG_WORDS.get(wordOf(value))

/** A cell as a word to look up; a list or an object is none. */
const wordOf = (value: Json) => (typeof value === 'object' ? '' : String(value).trim().toLowerCase())

/** The value stands in an object of its own: a refusal beside it could not be told from a sender's object. */
export type ReadCell = { value: Json } | Refused

/** A cell as its column's type has it, where the column has one. */
export const cellOf = ({ type }: Column, value: Json): ReadCell =>
  type === undefined ? { value } : typedCell(value, type)

/**
 * Reads a cell as the type that its connection gives the column, whatever the sender's format made of it. An empty cell
 * stays one: what it says is another rule's matter.
 */
export function typedCell(value: Json, type: ColumnType): ReadCell {
  if (value === null || (typeof value === 'string' && value.trim() === '')) return { value }
  return READERS[type](value)
}

const READERS: Record<ColumnType, (value: Json) => ReadCell> = {
  int: (value) => {
    const text = textOf(value)
    if (text === undefined || !/^[+-]?\d+$/.test(text)) return fits(undefined)
    const number = Number(text)
    return Number.isSafeInteger(number) ? { value: number } : refuse('NUMBER_NOT_EXACT')
  },
  number: (value) => {
    // A double already: the body's own reader has kept apart what is none.
    if (typeof value === 'number') return { value }
    const text = textOf(value)?.replace(/^\+/, '')
    if (text === undefined || !/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return fits(undefined)
    const number = Number(text)
    const isKept = !isLong(number, text) || survivesAsDouble({ rawJSON: text })
    return isKept ? { value: number } : refuse('NUMBER_NOT_EXACT')
  },
  bool: (value) => fits(readFlag(value)),
  date: (value) => fits(readTime(value)),
  // Any instant: nothing has to be guessed, and most birthdays lie before the years that a guess could tell.
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
  value === undefined ? refuse('CELL_NOT_OF_TYPE') : { value }

/** A number as it was written, or the text of one that may be a number. */
function textOf(value: Json): string | undefined {
  if (typeof value === 'string') return value.trim()
  if (typeof value === 'number') return String(value)
  return JSON.isRawJSON(value) ? value.rawJSON : undefined
}

/** By the rules of a body: no number is changed, and no name that stands twice is lost. */
function parsed(text: string): ReadCell {
  if (text.length > MAX_RECORD_BYTES) return refuse('ROW_TOO_LARGE')
  try {
    JSON.parse(text)
    return { value: parseExactly(markRepeats(text)) }
  } catch (error) {
    return refuse(error instanceof RangeError ? 'ROW_TOO_DEEP' : 'CELL_NOT_OF_TYPE')
  }
}

export type EmptyCells = NonNullable<Connection['emptyCells']>

export const isEmpty = (cell: Json) => typeof cell === 'string' && cell.trim() === ''

/**
 * Puts a cell into its row, an empty one by the rule for empty cells. An empty membership says nothing, whatever the rule:
 * `null` would take a flag away.
 */
export function putCell(
  row: JsonObject,
  header: string,
  cell: Json,
  rule: EmptyCells,
  columnOf: ColumnOf,
): void {
  if (!isEmpty(cell) || rule === 'keep') setKey(row, header, cell)
  else if (rule === 'null' && columnOf(header).kind !== 'flag') setKey(row, header, null)
}

/** The row by that rule, where its format has not applied it. */
export function withEmptyCells(row: JsonObject, rule: EmptyCells, columnOf: ColumnOf): JsonObject {
  if (!Object.values(row).some(isEmpty)) return row
  const ruled: JsonObject = {}
  for (const [header, cell] of Object.entries(row)) putCell(ruled, header, cell, rule, columnOf)
  return ruled
}
