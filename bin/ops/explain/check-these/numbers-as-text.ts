import { namesBoolean, namesCode } from './header-words.ts'
import { columnSetting, isOpen, type SentColumn, type SentRequest } from './sent-request.ts'
import type { Warning } from './warning.ts'

const NUMBER = /^[+-]?(?:\d+|\d*\.\d+(?:[eE][+-]?\d{1,2})?|\d+[eE]\+\d{1,2})$/
const WHOLE = /^[+-]?\d+$/

/** `007` is a code: a number would lose its zeros. */
const LEADING_ZERO = /^[+-]?0\d/

/** A number of more digits does not survive in a double, and is rather an id. */
const MAX_DIGITS = 15

/** Whole numbers of this length in all rows are cards, phones or orders rather than amounts. */
const CODE_DIGITS = 9

const digits = (text: string) => text.replace(/\D/g, '').length

function isNumber(text: string): boolean {
  return NUMBER.test(text) && !LEADING_ZERO.test(text) && digits(text) <= MAX_DIGITS
}

/** Finds columns of numbers that were sent as texts. CSV has nothing else. */
export const numbersAsText = ({ columns }: SentRequest): Warning[] => columns.flatMap(numbersIn)

function numbersIn(column: SentColumn): Warning[] {
  if (!isOpen(column) || column.type !== undefined || namesCode(column.name)) return []
  const texts: string[] = []
  for (const value of column.values) {
    if (typeof value === 'number') continue
    if (typeof value !== 'string' || !isNumber(value.trim())) return []
    texts.push(value.trim())
  }
  if (texts.length === 0 || texts.every((text) => WHOLE.test(text) && digits(text) >= CODE_DIGITS)) return []
  const isWhole =
    texts.every((text) => WHOLE.test(text)) &&
    column.values.every((value) => typeof value !== 'number' || Number.isInteger(value))
  const isBoolean = namesBoolean(column.name) && texts.every((text) => text === '0' || text === '1')
  const type = isBoolean ? 'bool' : isWhole ? 'int' : 'number'
  return [
    {
      code: 'NUMBERS_AS_TEXT',
      column: column.column,
      rows: texts.length,
      message: `Every value is a number, but ${
        texts.length < column.values.length ? 'some are' : 'it is'
      } sent as text. Braze gives an attribute or a property the type of its first value, so it would stay a text, which no segment can compare as a number. ${
        column.isSettable ? 'Set its type before the first run.' : 'Send numbers without quotes.'
      }`,
      ...columnSetting(column, { type }),
    },
  ]
}
