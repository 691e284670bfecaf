import type { Json } from '../shared/json.ts'

/**
 * A number of 10⁸ to 10¹⁰ counts seconds (1973 to 2286), one of 10¹¹ to 10¹³ milliseconds (the same years). What lies
 * outside is no time of a customer but a date without dashes, microseconds or a mistake, and is refused.
 */
const SECONDS = { from: 1e8, below: 1e10 }
const MILLISECONDS = { from: 1e11, below: 1e13 }

const ISO =
  /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/i

/**
 * A time as it is written below already, on a day that every month has: most senders write so, and nothing has to be
 * worked out.
 */
const AS_WRITTEN =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{3})?Z$/

/**
 * Reads ISO 8601 (without a zone it is UTC), and seconds or milliseconds since 1970 as a number or in digits.
 * @returns ISO 8601 in UTC, with milliseconds only where there are any; undefined where it can't be read.
 */
export function readTime(value: Json): string | undefined {
  if (typeof value === 'number') return fromEpoch(value)
  if (typeof value !== 'string') return undefined
  if (AS_WRITTEN.test(value)) return withoutZeros(value)
  const text = value.trim()
  if (/^\d+(\.\d+)?$/.test(text)) return fromEpoch(Number(text))
  return fromIso(text)
}

/** A time that stands for a whole day of UTC or, as written, of its own zone: many things happen at it. */
export function isDay(value: Json): boolean {
  if (typeof value === 'string' && AS_WRITTEN.test(value)) return MIDNIGHT.test(value)
  const [whole, , clock = '00:00', seconds = '00', fraction = ''] =
    ISO.exec(typeof value === 'string' ? value.trim() : '') ?? []
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

/** `Date` takes the 30th of February for the 2nd of March. */
function isCalendarDay(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`)
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date)
}

function fullZone(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z'
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`
}

/** A zone or an hour of 24 can lead beyond the years of four digits, which no other reader takes. */
export function writeTime(date: Date): string | undefined {
  if (Number.isNaN(date.getTime())) return undefined
  const text = withoutZeros(date.toISOString())
  return /^\d{4}-/.test(text) ? text : undefined
}
