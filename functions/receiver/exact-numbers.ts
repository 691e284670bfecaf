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

/** Only such a text can hold a number that a double doesn't keep; most don't, and are parsed at full speed. */
const MAY_HOLD_INEXACT = /\d{16}|[eE]\+?\d{3}/

/** Above it a double has no place for every whole number. */
const EXACT_BELOW = 2 ** 53

/**
 * Parses JSON without changing a number: one that a double can't keep (an id of 19 digits) stays as it was written.
 * Rounding behind the decimal point is no such change: every reader of JSON does that.
 * @throws SyntaxError where it is not JSON, RangeError where it is nested too deeply.
 */
export function parseExactly(text: string): Json {
  if (!MAY_HOLD_INEXACT.test(text)) return JSON.parse(text)
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && isChanged(value, source)
      ? JSON.rawJSON(source)
      : value,
  )
}

function isChanged(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return true
  return Math.abs(value) >= EXACT_BELOW && /^-?[\d.]+$/.test(source) && String(value) !== source
}
