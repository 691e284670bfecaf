import { tidy } from '../shared/invisible.ts'
import type { Json } from '../shared/json.ts'

/**
 * A number from 10⁸ to 10¹⁰ is read as seconds (1973 to 2286), and one from 10¹¹ to 10¹³ as milliseconds (the
 * same years). Any other number is rejected: it is more likely a date without dashes, microseconds or a
 * mistake than a time in a customer's data.
 */
const SECONDS = { from: 1e8, below: 1e10 }
const MILLISECONDS = { from: 1e11, below: 1e13 }

const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,:](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i

/**
 * Matches a time that is already in the format that `readTime` returns, on a day that every month has. Most
 * senders write times like this, and then nothing has to be parsed.
 */
const AS_WRITTEN =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/

/**
 * Reads ISO 8601, as UTC if it has no zone, also with a colon before the milliseconds (Braze, "Event object":
 * `yyyy-MM-dd'T'HH:mm:ss:SSSZ`), and seconds or milliseconds since 1970 as a number or as digits.
 * @returns ISO 8601 in UTC, with milliseconds only if there are any; undefined if the value can't be read.
 */
export function readTime(value: Json): string | undefined {
  if (typeof value === 'number') return fromEpoch(value)
  if (typeof value !== 'string') return undefined
  if (AS_WRITTEN.test(value)) return withoutZeros(value)
  const text = tidy(value)
  if (/^\d+(\.\d+)?$/.test(text)) return fromEpoch(Number(text))
  return fromIso(text)
}

/**
 * Whether a time is midnight, in UTC or in the zone that it is written in. Such a time means a whole day,
 * which many events can share.
 */
export function isDay(value: Json): boolean {
  if (typeof value === 'string' && AS_WRITTEN.test(value)) return MIDNIGHT.test(value)
  const [whole, , clock = '00:00', seconds = '00', fraction = ''] =
    ISO.exec(typeof value === 'string' ? tidy(value) : '') ?? []
  if (whole !== undefined && /^(00|24):00$/.test(clock) && /^0*$/.test(seconds + fraction)) return true
  return readTime(value)?.endsWith('T00:00:00Z') ?? false
}

const MIDNIGHT = /T00:00:00(?:\.000)?Z$/

const withoutZeros = (text: string) => text.replace('.000Z', 'Z')

function fromEpoch(number: number): string | undefined {
  if (number >= SECONDS.from && number < SECONDS.below) return writeTime(new Date(Math.round(number * 1000)))
  if (number >= MILLISECONDS.from && number < MILLISECONDS.below)
    return writeTime(new Date(Math.round(number)))
  return undefined
}

function fromIso(text: string): string | undefined {
  const [whole, date = '', clock = '00:00', seconds = '00', fraction = '', zone = 'Z'] = ISO.exec(text) ?? []
  if (whole === undefined || !isCalendarDay(date)) return undefined
  const milliseconds = fraction.padEnd(3, '0').slice(0, 3)
  return writeTime(new Date(`${date}T${clock}:${seconds}.${milliseconds}${fullZone(zone)}`))
}

/** This check is needed because `Date` reads February 30 as March 2. */
function isCalendarDay(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date)
}

function fullZone(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z'
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
}

/**
 * A zone, or 24 as the hour, can move a time out of the four-digit years, which are all that other readers
 * accept.
 * @returns ISO 8601 in UTC; undefined if the date is invalid or its year does not have four digits.
 */
export function writeTime(date: Date): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined
  const text = withoutZeros(date.toISOString())
  return /^\d{4}-/.test(text) ? text : undefined
}
