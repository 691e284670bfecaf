import { LIMITS } from './rules.ts'

/**
 * The forms of a time that Braze accepts: ISO 8601, `yyyy-MM-dd'T'HH:mm:ss:SSSZ` with its colon before the
 * milliseconds ("Event object"), and `2019-02-15 00:00:00 -0500`, which a recorded call shows.
 */
const TIME =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,:](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i

/** Further forms of dates in attributes ("User attributes object", "Dates"): `MM/dd/yyyy`. */
const DATE_WITH_SLASHES = /^(\d\d)\/(\d\d)\/(\d{4})$/

/** Another of these: `ddd MM dd HH:mm:ss.TZD YYYY`. */
const DATE_WITH_DAY_NAME =
  /^[a-z]{3} (?:\d\d|[a-z]{3}) \d\d \d\d:\d\d:\d\d\.?\s?(?:[a-z]{1,5}|[+-]\d\d:?\d\d) (\d{4})$/i

/**
 * Reads the time of an event or a purchase as Braze does, as UTC if it has no zone.
 * @returns epoch milliseconds, or undefined if Braze cannot read it.
 */
export function readBrazeTime(text: string): number | undefined {
  const [whole, date = '', clock = '00:00', seconds = '00', fraction = '', zone = 'Z'] = TIME.exec(text) ?? []
  if (whole === undefined || !isCalendarDay(date)) return undefined
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3)
  const epoch = Date.parse(`${date}T${clock}:${seconds}.${milliseconds}${fullZone(zone)}`)
  return Number.isNaN(epoch) ? undefined : epoch
}

/** Whether Braze stores this value of a `$time`. */
export function isNestedTime(value: unknown): boolean {
  const year = typeof value === 'string' ? yearOf(value) : undefined
  return year !== undefined && year <= LIMITS.year
}

/** Whether a text is a date or a time in one of the forms that Braze documents for attributes. */
export const isBrazeDate = (text: string) => yearOf(text) !== undefined

function yearOf(text: string): number | undefined {
  const [slashes, month, day, year] = DATE_WITH_SLASHES.exec(text) ?? []
  if (slashes !== undefined) return yearOf(`${year}-${month}-${day}`)
  const [named, namedYear] = DATE_WITH_DAY_NAME.exec(text) ?? []
  if (named !== undefined) return Number(namedYear)
  return readBrazeTime(text) === undefined ? undefined : Number(text.slice(0, 'yyyy'.length))
}

/** The days that every month has, from 01 to 28. */
const COMMON_DAY = /-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])$/

/** This check is needed because `Date` reads February 30 as March 2. */
function isCalendarDay(date: string): boolean {
  if (COMMON_DAY.test(date)) return true
  const epoch = Date.parse(`${date}T00:00:00Z`)
  return !Number.isNaN(epoch) && new Date(epoch).toISOString().startsWith(date)
}

function fullZone(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z'
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
}
