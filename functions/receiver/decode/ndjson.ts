import { isObject, type Json } from '../../shared/json.ts'
import { countValues } from '../exact-json.ts'
import { MAX_NAMES, MAX_ROWS, MAX_VALUES } from '../limits.ts'
import { isProblem, type Problem, TOO_MANY_NAMES, TOO_MANY_ROWS, TOO_MANY_VALUES } from '../problems.ts'
import { countNames, readJson } from './json-body.ts'

/** So many lines tell whether a body is made of lines: one of them may be broken. */
const LINES_LOOKED_AT = 3

/** A line that goes on in the next, so that both are parts of one text. Its end is looked at, however long it is. */
const GOES_ON = /[[{,:]\s*$/
const END_CHARACTERS = 20

/**
 * Whether a text that is no JSON as a whole is one object a line. A broken text of JSON over several lines is none: no
 * row may be picked out of it without what stands beside the rows.
 */
export function isNdjson(text: string): boolean {
  const lines = firstLines(text, LINES_LOOKED_AT)
  const [first = ''] = lines
  if (lines.length < 2 || !first.startsWith('{') || GOES_ON.test(first.slice(-END_CHARACTERS))) return false
  return lines.some((line) => line.startsWith('{') && isOneObject(line))
}

function isOneObject(line: string): boolean {
  const read = readJson(line)
  return !isProblem(read) && isObject(read.json)
}

/**
 * Reads a body of one JSON object a line. A line that can't be read becomes a row of its own text, which is refused like
 * any row that is no object; the others stand for themselves. Each line is counted by itself: after a quote that never
 * closes, all that follows would count as text.
 */
export function readNdjson(text: string): { json: Json } | Problem {
  const lines = firstLines(text, MAX_ROWS + 1)
  if (lines.length > MAX_ROWS) return TOO_MANY_ROWS
  const rows: Json[] = []
  let room = MAX_VALUES
  for (const line of lines) {
    room -= countValues(line, room).values
    if (room < 0) return TOO_MANY_VALUES
    const read = readJson(line)
    if (read === TOO_MANY_NAMES) return read
    rows.push(isProblem(read) ? line : read.json)
  }
  return countNames(rows, MAX_NAMES).different > MAX_NAMES ? TOO_MANY_NAMES : { json: rows }
}

/** The first lines that are not blank, without cutting all of a long text into lines. */
export function firstLines(text: string, count: number): string[] {
  const lines: string[] = []
  const line = /\S[^\r\n]*/g
  for (let found = line.exec(text); found && lines.length < count; found = line.exec(text))
    lines.push(found[0].trimEnd())
  return lines
}
