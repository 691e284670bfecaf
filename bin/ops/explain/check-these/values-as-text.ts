import { membershipColumns } from './membership-columns.ts'
import {
  columnSetting,
  everyText,
  hasAudience,
  hasField,
  isOpen,
  type SentColumn,
  type SentRequest,
} from './sent-request.ts'
import type { Warning } from './warning.ts'
import { namesBoolean, namesCode, wordSet } from './words.ts'

/** The words that spreadsheets write for TRUE and FALSE. People are more likely to write yes and no. */
const SPREADSHEET_WORDS = wordSet(`
  wahr falsch vrai faux verdadero falso verdadeiro vero waar onwaar sant falskt prawda fałsz
`)

const isJsonWord = (text: string) => /^(?:true|false)$/i.test(text)
const isSpreadsheetWord = (text: string) => SPREADSHEET_WORDS.has(text.toLowerCase())

/** PostgreSQL writes `t` and `f`. Only one of them could mean anything. */
const isPostgres = (column: SentColumn) =>
  everyText(column, (text) => text === 't' || text === 'f') &&
  column.values.includes('t') &&
  column.values.includes('f')

/** Finds columns of true and false that were sent as text. */
export function booleansAsText(request: SentRequest): Warning[] {
  const mayBeOperation =
    !request.isTrack &&
    hasAudience(request) &&
    !hasField(request, 'op') &&
    membershipColumns(request).length === 0
  return request.columns.flatMap((column) => {
    if (!isOpen(column) || column.type !== undefined) return []
    const isReadable = everyText(column, isJsonWord)
    if (!isReadable && !everyText(column, isSpreadsheetWord) && !isPostgres(column)) return []
    return [
      {
        code: 'BOOLEANS_AS_TEXT',
        column: column.column,
        rows: column.values.length,
        message: `Every value is true or false, but it is sent as text. Braze gives an attribute or a property the type of its first value, so it would stay text for everybody. ${whatToDo(column, isReadable)}${
          mayBeOperation && column.readAs.includes('attribute')
            ? ' If it says whether the person is in the audience, rename it to "op" instead.'
            : ''
        }`,
        ...(isReadable && columnSetting(column, { type: 'bool' })),
      },
    ]
  })
}

function whatToDo({ isSettable }: SentColumn, isReadable: boolean): string {
  if (!isSettable) return 'Send true and false without quotes.'
  return isReadable
    ? 'Set its type before the first run.'
    : 'Export true and false, because the type "bool" does not read these words, and set the type "bool".'
}

const NUMBER = /^[+-]?(?:\d+|\d*\.\d+(?:[eE][+-]?\d{1,2})?|\d+[eE]\+\d{1,2})$/
const WHOLE = /^[+-]?\d+$/

/** `007` is a code: as a number, it would lose its zeros. */
const LEADING_ZERO = /^[+-]?0\d/

/** A double does not keep more digits, and such a number is more likely to be an id. */
const MAX_DIGITS = 15

/** If all rows have whole numbers of this length, they are numbers of cards, phones or orders rather than amounts. */
const CODE_DIGITS = 9

const digits = (text: string) => text.replace(/\D/g, '').length

function isNumber(text: string): boolean {
  return NUMBER.test(text) && !LEADING_ZERO.test(text) && digits(text) <= MAX_DIGITS
}

/** Finds columns of numbers that were sent as text. In CSV, every number is. */
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
      } sent as text. Braze gives an attribute or a property the type of its first value, so it would stay text, which no segment can compare as a number. ${
        column.isSettable ? 'Set its type before the first run.' : 'Send numbers without quotes.'
      }`,
      ...columnSetting(column, { type }),
    },
  ]
}

/** An amount with a decimal comma and cents, such as `1.234,56`. `1,2` may be a list. */
const DECIMAL_COMMA = /^[+-]?(?:\d+|\d{1,3}(?:[.'’ \u00a0\u202f]\d{3})+),\d{2}$/

/** Numbers with separators for thousands, such as `1,234.50` and `1'234.50`. */
const THOUSANDS = /^[+-]?\d{1,3}(?:[,'’ \u00a0\u202f]\d{3})+(?:\.\d+)?$/

/** A currency or a percent sign, before or after the number. */
const WITH_SIGN =
  /^[+-]?(?:(?:\p{Sc}|USD|EUR|GBP|CHF)\s?[+-]?\d[\d.,'’ \u00a0\u202f]{0,20}|\d[\d.,'’ \u00a0\u202f]{0,20}(?:\p{Sc}|%|USD|EUR|GBP|CHF))$/u

const isFormatted = (text: string) => DECIMAL_COMMA.test(text) || THOUSANDS.test(text) || WITH_SIGN.test(text)

/** Finds columns of numbers that are formatted for people. No type reads them. */
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
          'Every value is a number formatted for people, with a comma, a currency or a percent sign. Braze would store it as text, which no segment can compare as a number. No setting can read it: export it with a decimal point and without such signs (1234.56), and set the type "number".',
      },
    ]
  })

const isJson = (text: string) => {
  if (!/^(?:\[[\s\S]*\]|\{[\s\S]*\})$/.test(text)) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** Lists and objects as Python writes them, and arrays as PostgreSQL does. */
const OTHER_NOTATION = [
  /^[[({]\s*'[\s\S]*'\s*,?\s*[\])}]$/,
  /^\{[^\s{}":]+(?:,[^{}":]+)+\}$/,
  /^ARRAY\[.*\]$/i,
]

/** Finds lists and objects that were sent as text. */
export const jsonAsText = ({ columns }: SentRequest): Warning[] =>
  columns.flatMap((column) => {
    if (!isOpen(column) || column.type !== undefined) return []
    const isReadable = everyText(column, isJson)
    if (!isReadable && !everyText(column, (text) => OTHER_NOTATION.some((form) => form.test(text)))) return []
    const toDo = !column.isSettable
      ? 'Send the list or the object itself, without quotes around it.'
      : isReadable
        ? 'Set its type before the first run.'
        : 'Export it as JSON (["a","b"]), and set the type "json".'
    return [
      {
        code: 'JSON_AS_TEXT',
        column: column.column,
        rows: column.values.length,
        message: `Every value is a list or an object written as text. Braze would store the text, brackets and quotes included, and no segment could look into it. ${toDo}`,
        ...(isReadable && columnSetting(column, { type: 'json' })),
      },
    ]
  })
