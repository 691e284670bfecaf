import type { ColumnOf } from './columns.ts'
import type { EmptyCells } from './empty-cell.ts'
import type { Json } from './json.ts'
import { MAX_NAMES, readJson } from './json-body.ts'
import { type Problem, TOO_MANY_NAMES } from './problem.ts'
import { rowMaker } from './text-row.ts'

/** Fields under which some senders put a whole body of JSON. */
const WHOLE_BODIES = new Set(['payload', 'data', 'json', 'body', 'records'])

/** `name=value&name=value`, without spaces, which would have to be encoded. In two steps: one would run out of stack. */
export const isForm = (text: string) => FIRST_FIELD.test(text) && !/\s/.test(text.trim())
const FIRST_FIELD = /^\s*[^\s=&]+=/

/** Reads a form: one row of texts, or the JSON that stands in its only field. */
export function readForm(text: string, rule: EmptyCells, columnOf: ColumnOf): { json: Json } | Problem {
  if (text.split('&', MAX_NAMES + 1).length > MAX_NAMES) return TOO_MANY_NAMES
  const cells = [...new URLSearchParams(text.trim())]
  const [first] = cells
  if (cells.length === 1 && first && WHOLE_BODIES.has(first[0].toLowerCase()) && /^\s*[[{]/.test(first[1]))
    return readJson(first[1])
  const toRow = rowMaker(
    cells.map(([name]) => name),
    rule,
    columnOf,
  )
  return { json: toRow(cells.map(([, cell]) => cell)) }
}
