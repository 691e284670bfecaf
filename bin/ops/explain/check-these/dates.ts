import { readTime } from '../../../../functions/receiver/time.ts'
import { isBrazeDate } from '../../../../functions/shared/braze-rules/times.ts'
import { isObject, type Json } from '../../../../functions/shared/json.ts'
import { columnSetting, everyText, isOpen, type SentColumn, type SentRequest } from './sent-request.ts'
import type { Warning } from './warning.ts'
import { namesCode, namesDate, wordsOf } from './words.ts'

/** From 2000 to 2040, in seconds. Times in a customer's data are in this range, and few other numbers are. */
const FROM = 946_684_800
const BELOW = 2_208_988_800

/** From 1900, in milliseconds: the birthdays of people who are alive. */
const FIRST_BIRTHDAY_MS = -2_208_988_800_000

const numberOf = (value: Json) => {
  if (typeof value === 'number') return value
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value.trim()) ? Number(value) : Number.NaN
}

const isSeconds = (value: Json) => numberOf(value) >= FROM && numberOf(value) < BELOW
const isMilliseconds = (value: Json) => numberOf(value) >= FROM * 1_000 && numberOf(value) < BELOW * 1_000

const BIRTHDAY_WORDS = new Set([
  'dob',
  'birthday',
  'birthdate',
  'birth',
  'geburtsdatum',
  'geburtstag',
  'naissance',
])
const isBirthday = (header: string) => wordsOf(header).some((word) => BIRTHDAY_WORDS.has(word))

/** A birthday before 2000: a short or negative number of milliseconds is recognised only with the help of the name. */
const isBirthdayMs = (value: Json) => {
  const number = numberOf(value)
  return number >= FIRST_BIRTHDAY_MS && number < BELOW * 1_000 && Math.abs(number) >= 1e10
}

/**
 * Whether every value is a number of seconds or milliseconds since 1970. A number of seconds also needs the name of
 * a date.
 */
export function epochUnit({ values, name }: SentColumn): 'date' | 'date_ms' | undefined {
  if (values.length === 0 || (namesCode(name) && !namesDate(name))) return undefined
  if (values.every(isMilliseconds)) return 'date_ms'
  if (!namesDate(name)) return undefined
  if (values.every(isSeconds)) return 'date'
  return isBirthday(name) && values.every(isBirthdayMs) ? 'date_ms' : undefined
}

const SLASHES = /^(\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})(?:\s+\d{1,2}:\d\d.*)?$/
const DOTS = /^\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{2}|\d{4})(?:,?\s+\d{1,2}:\d\d.*)?$/
const DAY_FIRST_DASHES = /^\d{1,2}-(?:\d{1,2}|\p{L}{3,9}\.?)-(?:\d{2}|\d{4})(?:\s+\d{1,2}:\d\d.*)?$/u
const YEAR_FIRST = /^\d{4}(?:\/\d{1,2}\/\d{1,2}|\.\d{1,2}\.\d{1,2})(?:\s+\d{1,2}:\d\d.*)?$/
const IN_WORDS =
  /^(?:\p{L}{2,10}\.?,?\s+)?(?:\p{L}{3,10}\.?\s+\d{1,2}(?:st|nd|rd|th)?,?|\d{1,2}(?:st|nd|rd|th|\.)?\s+(?:de\s+)?\p{L}{3,10}\.?,?(?:\s+de)?)\s+\d{4}(?:[\s,]+.*\d{1,2}:\d\d.*)?$/u
const COMPACT = /^(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])$/

const OTHER_FORMS = [DOTS, DAY_FIRST_DASHES, YEAR_FIRST, IN_WORDS]

/** No date is longer. */
const MAX_DATE_CHARACTERS = 60

const isOf = (forms: readonly RegExp[]) => (text: string) =>
  text.length <= MAX_DATE_CHARACTERS && forms.some((form) => form.test(text))

/** Whether every value is a date in a form that Braze would not read, or could read as another day. */
function isUnreadDate(column: SentColumn): boolean {
  if (everyText(column, isOf(OTHER_FORMS))) return true
  if (everyText(column, isOf([SLASHES]))) return !isMonthFirst(column)
  return (
    namesDate(column.name) &&
    column.values.length > 0 &&
    column.values.every((value) => !isObject(value) && COMPACT.test(String(value).trim()))
  )
}

/** Braze documents `MM/dd/yyyy`. A number above twelve in second place shows that this is the format. */
function isMonthFirst({ values }: SentColumn): boolean {
  const texts = values.map(String)
  if (!texts.every((text) => isBrazeDate(text.trim()))) return false
  return texts.some((text) => Number(SLASHES.exec(text.trim())?.[2]) > 12)
}

/** Finds dates that Braze would store as a number or a text. It reads ISO 8601, also with a space before the time. */
export const dates = ({ columns }: SentRequest): Warning[] =>
  columns
    .filter((column) => isOpen(column) && column.type === undefined)
    .flatMap((column): Warning[] => {
      const unit = epochUnit(column)
      if (unit) return [dateAsNumber(column, unit)]
      return isUnreadDate(column) ? [dateNotIso(column)] : []
    })

const dateAsNumber = (column: SentColumn, unit: 'date' | 'date_ms'): Warning => ({
  code: 'DATES_AS_NUMBERS',
  column: column.column,
  rows: column.values.length,
  message: `Every value looks like a time in ${unit === 'date' ? 'seconds' : 'milliseconds'} since 1970. Braze would store it as a number or as text, and no segment could compare it as a date. ${
    column.isSettable ? 'Set its type before the first run.' : 'Send ISO 8601 (2026-01-05T10:00:00Z).'
  }`,
  ...columnSetting(column, { type: unit }),
})

const dateNotIso = ({ column, values }: SentColumn): Warning => ({
  code: 'DATES_NOT_ISO',
  column,
  rows: values.length,
  message:
    'Every value looks like a date in another form than ISO 8601. Braze would store it as text, or swap the day and the month (it reads 01/05/1990 as January 5). No setting can tell which is meant: export the column as 2026-01-05 or 2026-01-05T10:00:00Z.',
})

/** Whether a value can be the time of an event as it was sent. */
export const isTime = (value: Json) => readTime(value) !== undefined
