import type { ColumnOf } from './columns.ts'
import { type EmptyCells, putCell } from './empty-cell.ts'
import type { Json, JsonObject } from './json.ts'
import { MAX_NAMES, readJson } from './json-body.ts'
import { repeated } from './mark-repeats.ts'
import { type Problem, TOO_MANY_NAMES } from './problem.ts'

/** Fields under which some senders put a whole body of JSON. */
const WHOLE_BODIES = new Set(['payload', 'data', 'json', 'body', 'records'])

/** `name=value&name=value`, without spaces, which would have to be encoded. */
const FORM = /^[^\s=&]+=[^\s&]*(&[^\s=&]+=[^\s&]*)*&?$/

export const isForm = (text: string) => FORM.test(text.trim())

/** Reads a form: one row of texts, or the JSON that stands in its only field. */
export function readForm(text: string, rule: EmptyCells, columnOf: ColumnOf): { json: Json } | Problem {
  if (text.split('&', MAX_NAMES + 1).length > MAX_NAMES) return TOO_MANY_NAMES
  const cells = [...new URLSearchParams(text.trim())]
  const [first] = cells
  if (cells.length === 1 && first && WHOLE_BODIES.has(first[0].toLowerCase()) && /^\s*[[{]/.test(first[1]))
    return readJson(first[1])
  const row: JsonObject = {}
  for (const [name, cell] of cells) {
    const isTwice = Object.hasOwn(row, name) && row[name] !== cell
    putCell(row, isTwice ? repeated(name) : name, cell, rule, columnOf)
  }
  return { json: row }
}
