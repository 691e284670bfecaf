import type { Json } from '../shared/json.ts'

const QUOTE = 0x22
const COMMA = 0x2c
const POINT = 0x2e
const OPEN_LIST = 0x5b
const BACKSLASH = 0x5c
const COLON = 0x3a
const OPEN_OBJECT = 0x7b

/**
 * What a JSON text holds. `values`: each list, each object, and each comma between values; `names`: those of all
 * objects; `longNumber`: whether there is a number that a double may not keep, or one that looks like it.
 */
export type Counted = { values: number; names: number; longNumber: boolean }

/** Counts without building anything. Where there are more values than `limit` it stops one past it. */
export function countValues(text: string, limit: number): Counted {
  let values = 0
  let names = 0
  let longNumber = false
  for (let place = 0; place < text.length && values <= limit; place++) {
    const code = text.charCodeAt(place)
    if (code === COMMA || code === OPEN_LIST || code === OPEN_OBJECT) values += 1
    else if (code === COLON) names += 1
    else if (code === QUOTE) place = endOfString(text, place)
    else if (isDigit(code)) {
      const end = endOfDigits(text, place)
      if (end - place >= MANY_DIGITS || isLargeExponent(text, end)) longNumber = true
      place = end - 1
    }
  }
  return { values, names, longNumber }
}

/**
 * The shortest number that a double may not keep has 16 digits (2⁵³ has), among which a point may stand if an exponent
 * moves it (9007199254740.993e3), or an exponent of three (1e309).
 */
export const MANY_DIGITS = 16
const LARGE_EXPONENT = /^[eE]\+?\d{3}/
const isLargeExponent = (text: string, place: number) => LARGE_EXPONENT.test(text.slice(place, place + 5))

const isDigit = (code: number) => code >= 0x30 && code <= 0x39

/** @returns the first place that is neither a digit nor a point. */
function endOfDigits(text: string, start: number): number {
  let end = start + 1
  for (let code = text.charCodeAt(end); isDigit(code) || code === POINT; code = text.charCodeAt(end)) end += 1
  return end
}

/** @returns the place of the closing quote, or the text's end where there is none. */
export function endOfString(text: string, start: number): number {
  let end = text.indexOf('"', start + 1)
  while (end >= 0 && isEscaped(text, end)) end = text.indexOf('"', end + 1)
  return end < 0 ? text.length : end
}

/** Behind an odd number of backslashes. */
function isEscaped(text: string, place: number): boolean {
  let before = place - 1
  while (text.charCodeAt(before) === BACKSLASH) before -= 1
  return (place - before) % 2 === 0
}

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

/** Ends a name that appears in its object a second time. No header ends like this by itself. */
const MARK = '\0again'

export const isRepeat = (name: string) => name.endsWith(MARK)

/** A name for the second of two members, or columns, of one name and different values. */
export const repeated = (name: string) => name + MARK

/** The name as it was sent. */
export const withoutMark = (name: string) => (isRepeat(name) ? name.slice(0, -MARK.length) : name)

/** An object or, without `names`, a list whose end is not reached yet. */
type Open = {
  /** The text of each member's value. */
  names?: Map<string, string>
  name: string
  nameEnd: number
  /** Where the value of the current member begins, once its name is read. */
  valueStart: number | undefined
}

/**
 * Gives the second of two members of one name and different values a name of its own, which a parser would otherwise
 * keep instead of the first without a word.
 * @param text valid JSON.
 */
export function markRepeats(text: string): string {
  const ends = endsOfRepeats(text).sort((a, b) => a - b)
  const parts = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end))
  return [...parts, text.slice(ends.at(-1) ?? 0)].join(JSON.stringify(MARK).slice(1, -1))
}

/** @returns the places of the quotes that close the repeated names. */
function endsOfRepeats(text: string): number[] {
  const ends: number[] = []
  const open: Open[] = []
  for (let place = 0; place < text.length; place++) {
    const current = open.at(-1)
    switch (text[place]) {
      case '"': {
        const end = endOfString(text, place)
        if (current && current.valueStart === undefined) {
          current.name = nameAt(text, place, end)
          current.nameEnd = end
        }
        place = end
        break
      }
      case ':':
        if (current) current.valueStart = place + 1
        break
      case '{':
        open.push({ names: new Map(), name: '', nameEnd: 0, valueStart: undefined })
        break
      case '[':
        open.push({ name: '', nameEnd: 0, valueStart: undefined })
        break
      case ',':
        if (current && isRepeated(current, text, place)) ends.push(current.nameEnd)
        break
      case '}':
      case ']':
        if (current && isRepeated(current, text, place)) ends.push(current.nameEnd)
        open.pop()
        break
    }
  }
  return ends
}

/** Closes a member, and says whether another one of its name came before with another value. */
function isRepeated(current: Open, text: string, end: number): boolean {
  const { names, name, valueStart } = current
  if (!names || valueStart === undefined) return false
  current.valueStart = undefined
  const value = text.slice(valueStart, end).trim()
  const before = names.get(name)
  if (before === undefined) names.set(name, value)
  return before !== undefined && before !== value
}

function nameAt(text: string, start: number, end: number): string {
  const name = text.slice(start + 1, end)
  return name.includes('\\') ? String(JSON.parse(text.slice(start, end + 1))) : name
}
