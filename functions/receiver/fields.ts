import type { Field } from './columns.ts'
import type { Json } from './json.ts'
import { type Refused, refuse } from './refusal.ts'
import { readTime } from './time.ts'

/** A person's membership after the row: `none` says that the row only carries attributes. */
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  enter: ['add', 'join', 'enter', 'entered', 'true', '1'],
  leave: ['remove', 'delete', 'leave', 'exit', 'exited', 'false', '0'],
  none: ['update', 'upsert'],
}
const OPERATION_OF_WORD = new Map(
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
