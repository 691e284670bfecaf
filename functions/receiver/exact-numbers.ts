import type { Json } from './json.ts'

/** What `JSON.rawJSON` makes: a number as it was written, which `JSON.stringify` writes back digit by digit. */
export type RawNumber = { readonly rawJSON: string }

declare global {
  // Part of the language since ES2026 and of Node 22; not yet in TypeScript's library.
  interface JSON {
    rawJSON(text: string): RawNumber
    isRawJSON(value: unknown): value is RawNumber
    parse(text: string, reviver: (key: string, value: Json, context: { source?: string }) => Json): Json
  }
}

/**
 * The shortest number that a double may not keep has 16 digits (2⁵³ has), among which a point may stand if an exponent
 * moves it (9007199254740.993e3), or an exponent of three (1e309).
 */
const MANY_DIGITS = 16
const LARGE_EXPONENT = /\d[eE]\+?\d{3}/

/** From it on a double has no place for every whole number. */
const EXACT_BELOW = 2 ** 53

/**
 * Parses JSON without changing a number: one of many digits (an id of 19) stays as it was written, also where a double
 * would keep it by chance, for then its neighbours are not kept. Rounding behind the decimal point is no such change:
 * every reader of JSON does that.
 * @throws SyntaxError where it is not JSON, RangeError where it is nested too deeply.
 */
export function parseExactly(text: string): Json {
  if (!mayHoldLongNumber(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && isLong(value, source) ? JSON.rawJSON(source) : value,
  )
}

/** Few bodies hold such a number, and the others are parsed at full speed. */
export const mayHoldLongNumber = (text: string) => holdsManyDigits(text) || LARGE_EXPONENT.test(text)

/** Whether a double may not keep the number: not what it is, and not its neighbours. */
export function isLong(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return true
  if (Math.abs(value) < EXACT_BELOW) return false
  const [mantissa = '', exponent] = source.split(/e/i)
  // 1e21 stands for a round number, which a double keeps as well as any.
  return exponent === undefined || mantissa.replace(/^-?[0.]+|\D/g, '').length >= MANY_DIGITS
}

/** Whether whoever reads the number as a double gets the number that was written. */
export const survivesAsDouble = ({ rawJSON }: RawNumber) =>
  String(Number(rawJSON)) === rawJSON.replace(/e\+?(?=\d)/i, 'e+')

/** A run of so many digits and points covers one of every so many places, so only those are looked at. */
function holdsManyDigits(text: string): boolean {
  for (let place = MANY_DIGITS - 1; place < text.length; place += MANY_DIGITS) {
    let [from, to] = [place, place]
    while (isOfNumber(text.charCodeAt(from))) from -= 1
    while (isOfNumber(text.charCodeAt(to))) to += 1
    if (to - from > MANY_DIGITS) return true
  }
  return false
}

const POINT = 0x2e
const isOfNumber = (code: number) => (code >= 0x30 && code <= 0x39) || code === POINT
