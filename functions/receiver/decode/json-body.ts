import { isObject, type Json } from '../../shared/json.ts'
import type { ColumnOf } from '../columns.ts'
import { markRepeats, parseExactly } from '../exact-json.ts'
import { JSON_TOO_DEEP, notJson, type Problem, TOO_MANY_NAMES, TOO_MANY_VALUES } from '../problems.ts'

/**
 * How many values a body may hold, and how many different names for them, which cost far more than the same names
 * again. The worst within these bounds was measured to need 215 MB in the whole process, and to take up to 370 where
 * Node has room to leave its garbage lying; the function has 512.
 */
export const MAX_VALUES = 400_000
export const MAX_NAMES = 20_000

/** The place at the end of the parser's message, where it tells one. */
const POSITION = / in JSON at position (\d+)(?: \(line \d+ column \d+\))?$/

/** The parser's own message is not passed on: it quotes the text. */
export function readJson(text: string): { json: Json } | Problem {
  const { values, names, longNumber } = countValues(text, MAX_VALUES)
  if (values > MAX_VALUES) return TOO_MANY_VALUES
  try {
    const json: Json = JSON.parse(text)
    const kept = countNames(json, MAX_NAMES)
    if (kept.different > MAX_NAMES) return TOO_MANY_NAMES
    // What a parser changes without a word is rare, and to be kept takes much longer.
    if (kept.all === names && !longNumber) return { json }
    return { json: parseExactly(kept.all === names ? text : markRepeats(text)) }
  } catch (error) {
    if (error instanceof RangeError) return JSON_TOO_DEEP
    return notJson(error instanceof Error ? POSITION.exec(error.message)?.[1] : undefined)
  }
}
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

/**
 * Counts the names in all objects of a body, also of those within others, without recursion: a body may be nested to
 * any depth.
 * @returns `different` stops one past the limit, and `all` with it.
 */
export function countNames(json: Json, limit: number): { all: number; different: number } {
  const different = new Set<string>()
  const open: Json[] = [json]
  let all = 0
  for (let value = open.pop(); value !== undefined && different.size <= limit; value = open.pop()) {
    if (Array.isArray(value)) for (const inner of value) keepNested(open, inner)
    if (!isObject(value)) continue
    for (const name in value) {
      all += 1
      different.add(name)
      keepNested(open, value[name])
    }
  }
  return { all, different: different.size }
}

function keepNested(open: Json[], value: Json | undefined): void {
  if (typeof value === 'object' && value !== null) open.push(value)
}

/**
 * Judges the cells that a connection has parsed as JSON. To the body each is one text; parsed, they must not hold more
 * than a body may, or a small request could take all memory.
 */
export function judgeJsonCells(rows: readonly Json[], columnOf: ColumnOf): Problem | undefined {
  let room = MAX_VALUES
  for (const row of rows) {
    if (!isObject(row)) continue
    for (const header of Object.keys(row)) {
      const cell = row[header]
      if (typeof cell === 'string' && columnOf(header).type === 'json') room -= countValues(cell, room).values
      if (room < 0) return TOO_MANY_VALUES
    }
  }
  return undefined
}
