import { countNames } from './count-names.ts'
import { countValues } from './count-values.ts'
import { mayHoldLongNumber, parseExactly } from './exact-numbers.ts'
import { isObject, type Json } from './json.ts'
import { MAX_NAMES, MAX_VALUES } from './json-body.ts'
import { markRepeats } from './mark-repeats.ts'
import { type Problem, TOO_MANY_NAMES, TOO_MANY_ROWS, TOO_MANY_VALUES } from './problem.ts'
import { MAX_ROWS } from './rows.ts'

/** So many lines tell whether a body is made of lines: one of them may be broken. */
const LINES_LOOKED_AT = 3

/** Whether a text that is no JSON as a whole is one object a line. */
export const isNdjson = (text: string) =>
  text.includes('\n') &&
  firstLines(text, LINES_LOOKED_AT).some((line) => isObject(readLine(line, JSON.parse)))

/**
 * Reads a body of one JSON object a line. A line that can't be read becomes a row of its own text, which is refused like
 * any row that is no object; the others stand for themselves.
 */
export function readNdjson(text: string): { json: Json } | Problem {
  const { values, names } = countValues(text, MAX_VALUES)
  if (values > MAX_VALUES) return TOO_MANY_VALUES
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
  if (lines.length > MAX_ROWS) return TOO_MANY_ROWS
  const rows = lines.map((line) => readLine(line, JSON.parse))
  const kept = countNames(rows, MAX_NAMES)
  if (kept.different > MAX_NAMES) return TOO_MANY_NAMES
  if (kept.all === names && !mayHoldLongNumber(text)) return { json: rows }
  return { json: lines.map((line) => readLine(line, (json) => parseExactly(markRepeats(json)))) }
}

/** Too deep is as unreadable as broken. */
function readLine(line: string, parse: (line: string) => Json): Json {
  try {
    return parse(line)
  } catch {
    return line
  }
}

/** Without cutting all of a long text into lines. */
export function firstLines(text: string, count: number): string[] {
  const lines: string[] = []
  for (let start = 0; start < text.length && lines.length < count; ) {
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end < 0 ? undefined : end).trim()
    if (line !== '') lines.push(line)
    if (end < 0) break
    start = end + 1
  }
  return lines
}
