import type { ColumnType } from '../shared/connection.ts'
import { MAX_RECORD_BYTES } from '../shared/message.ts'
import type { Column } from './columns.ts'
import { isLong, parseExactly, survivesAsDouble } from './exact-numbers.ts'
import { readFlag } from './fields.ts'
import type { Json } from './json.ts'
import { markRepeats } from './mark-repeats.ts'
import { type Refused, refuse } from './refusal.ts'
import { readTime, writeTime } from './time.ts'

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
