import { countValues, MANY_DIGITS } from './count-values.ts'
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

/** From it on a double has no place for every whole number. */
const EXACT_BELOW = 2 ** 53

/**
 * Parses JSON without changing a number: one of many digits (an id of 19) stays as it was written, also where a double
 * would keep it by chance, for then its neighbours are not kept. Rounding behind the decimal point is no such change:
 * every reader of JSON does that.
 * @throws SyntaxError where it is not JSON, RangeError where it is nested too deeply.
 */
export function parseExactly(text: string): Json {
  if (!countValues(text, Number.POSITIVE_INFINITY).longNumber) return JSON.parse(text)
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && isLong(value, source) ? JSON.rawJSON(source) : value,
  )
}

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
