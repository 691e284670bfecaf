import { isObject, type Json } from '../../shared/json.ts'
import { countValues, markRepeats, parseExactly } from '../exact-json.ts'
import { MAX_NAMES, MAX_VALUES } from '../limits.ts'
import { JSON_TOO_DEEP, notJson, type Problem, TOO_MANY_NAMES, TOO_MANY_VALUES } from '../problems.ts'
import { jsonFault } from './json-fault.ts'

/** Reads a text as JSON. If it is not JSON, the problem says where and why it is not valid. */
export const readJson = (text: string) => tryJson(text) ?? brokenJson(text)

export const brokenJson = (text: string) => notJson(jsonFault(text))

/**
 * Reads a text that may be in a format other than JSON. It does not search for the place where the JSON
 * breaks, which takes another pass over the text.
 * @returns undefined if the text is not JSON.
 */
export function tryJson(text: string): { json: Json } | Problem | undefined {
  const { values, names, longNumber } = countValues(text, MAX_VALUES)
  if (values > MAX_VALUES) return TOO_MANY_VALUES
  try {
    const json: Json = JSON.parse(text)
    const counted = countNames(json, MAX_NAMES)
    if (counted.different > MAX_NAMES) return TOO_MANY_NAMES
    // What a parser changes without a word is rare, and to be kept takes much longer.
    if (counted.all === names && !longNumber) return { json }
    return { json: parseExactly(counted.all === names ? text : markRepeats(text)) }
  } catch (error) {
    return error instanceof RangeError ? JSON_TOO_DEEP : undefined
  }
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
