import { countNames } from './count-names.ts'
import { countValues } from './count-values.ts'
import { parseExactly } from './exact-numbers.ts'
import type { Json } from './json.ts'
import { markRepeats } from './mark-repeats.ts'
import { JSON_TOO_DEEP, notJson, type Problem, TOO_MANY_NAMES, TOO_MANY_VALUES } from './problem.ts'

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
