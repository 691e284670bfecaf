import { namesBoolean, namesCode } from './header-words.ts'
import { columnSetting, everyText, isOpen, type SentColumn, type SentRequest } from './sent-request.ts'
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

/** An amount with a decimal comma and cents, as `1.234,56`: `1,2` may be a list. */
const DECIMAL_COMMA = /^[+-]?(?:\d+|\d{1,3}(?:[.'’ \u00a0\u202f]\d{3})+),\d{2}$/

/** Thousands in groups, as `1,234.50` and `1'234.50`. */
const THOUSANDS = /^[+-]?\d{1,3}(?:[,'’ \u00a0\u202f]\d{3})+(?:\.\d+)?$/

/** A currency or a percent sign, before or after the number. */
const WITH_SIGN =
  /^[+-]?(?:(?:\p{Sc}|USD|EUR|GBP|CHF)\s?[+-]?\d[\d.,'’ \u00a0\u202f]{0,20}|\d[\d.,'’ \u00a0\u202f]{0,20}(?:\p{Sc}|%|USD|EUR|GBP|CHF))$/u

const isFormatted = (text: string) => DECIMAL_COMMA.test(text) || THOUSANDS.test(text) || WITH_SIGN.test(text)

/** Finds columns of numbers that are written as people read them. No type reads them. */
export const numbersFormatted = ({ columns }: SentRequest): Warning[] =>
  columns.flatMap((column) => {
    if (!isOpen(column) || column.type !== undefined || namesCode(column.name)) return []
    const isEither = (text: string) => isFormatted(text) || isNumber(text)
    if (!everyText(column, isEither) || everyText(column, isNumber)) return []
    return [
      {
        code: 'NUMBERS_FORMATTED',
        column: column.column,
        rows: column.values.length,
        message:
          'Every value is a number as people read it, with a comma, a currency or a percent sign. Braze would store it as a text, which no segment can compare as a number. No setting reads it: export it with a point and without signs (1234.56), and set the type "number".',
      },
    ]
  })
