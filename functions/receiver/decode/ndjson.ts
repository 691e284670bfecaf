import { isObject, type Json } from '../../shared/json.ts'
import { countValues } from '../exact-json.ts'
import { MAX_NAMES, MAX_ROWS, MAX_VALUES } from '../limits.ts'
import { isProblem, type Problem, TOO_MANY_NAMES, TOO_MANY_ROWS, TOO_MANY_VALUES } from '../problems.ts'
import { countNames, tryJson } from './json-body.ts'
import type { ReadBody } from './read-body.ts'

/** How many lines are checked to detect NDJSON. There is more than one because a line may be broken. */
const LINES_LOOKED_AT = 3

/**
 * Matches the end of a line that continues on the next one, as in a JSON text over several lines. Only the
 * end of a line is checked, however long the line is.
 */
const GOES_ON = /[[{,:]\s*$/
const END_CHARACTERS = 20

/**
 * Whether a text that is not valid JSON as a whole has one JSON object per line. A broken JSON text over
 * several lines does not count: a row picked out of it would lose the values beside the rows.
 */
export function isNdjson(text: string): boolean {
  const lines = firstLines(text, LINES_LOOKED_AT)
  const [first = ''] = lines
  if (lines.length < 2 || !first.startsWith('{') || GOES_ON.test(first.slice(-END_CHARACTERS))) return false
  return lines.some((line) => line.startsWith('{') && isOneObject(line))
}

function isOneObject(line: string): boolean {
  const read = tryJson(line)
  return read !== undefined && !isProblem(read) && isObject(read.json)
}

/**
 * Reads a body with one JSON object per line. A line that can't be read becomes a row that is the line's
 * text, and is rejected like any row that is not an object; the other lines are unaffected. Values are
 * counted line by line: otherwise, after a quote that never closes, everything that follows would count as
 * text.
 */
export function readNdjson(text: string): ReadBody | Problem {
  const lines = firstLines(text, MAX_ROWS + 1)
  if (lines.length > MAX_ROWS) return TOO_MANY_ROWS
  const rows: Json[] = []
  let room = MAX_VALUES
  for (const line of lines) {
    room -= countValues(line, room).values
    if (room < 0) return TOO_MANY_VALUES
    const read = tryJson(line)
    if (read === TOO_MANY_NAMES) return read
    rows.push(read === undefined || isProblem(read) ? line : read.json)
  }
  if (countNames(rows, MAX_NAMES).different > MAX_NAMES) return TOO_MANY_NAMES
  return { json: rows, linesOf: (indexes) => linesOf(text, indexes) }
}

/** @param indexes positions among the lines that are not blank, in ascending order. @returns their line numbers. */
export function linesOf(text: string, indexes: readonly number[]): number[] {
  const found: number[] = []
  const line = /\r\n|\n|\r|\S[^\r\n]*/g
  let [number, index] = [1, 0]
  for (let next = line.exec(text); next && found.length < indexes.length; next = line.exec(text)) {
    if (next[0].startsWith('\r') || next[0].startsWith('\n')) number += 1
    else if (index++ === indexes[found.length]) found.push(number)
  }
  return found
}

/**
 * Returns the first `count` lines that are not blank, without splitting the whole of a long text into lines.
 */
export function firstLines(text: string, count: number): string[] {
  const lines: string[] = []
  const line = /\S[^\r\n]*/g
  for (let found = line.exec(text); found && lines.length < count; found = line.exec(text))
    lines.push(found[0].trimEnd())
  return lines
}
