import type { ColumnOf } from './columns.ts'
import { readCsv } from './csv-body.ts'
import { csvHeader } from './csv-header.ts'
import { describeLines } from './describe-lines.ts'
import type { EmptyCells } from './empty-cell.ts'
import { isForm, readForm } from './form-body.ts'
import type { Json } from './json.ts'
import { readJson } from './json-body.ts'
import { isNdjson, readNdjson } from './ndjson-body.ts'
import { formatUnclear, isProblem, type Problem } from './problem.ts'

/** How a connection reads what has no types of its own. */
export type Reading = {
  columnOf: ColumnOf
  emptyCells: EmptyCells | undefined
}

/** An empty cell of a table is one that was not filled in. */
const DEFAULT_EMPTY_CELLS = 'skip' satisfies EmptyCells

/**
 * From a body's text to JSON, whatever format it is in: JSON, NDJSON, CSV (also with tabs, `;` or `|`), a form. The text
 * decides, since senders name formats wrongly; the content type counts only where the text leaves it open. An empty
 * body, which senders use to test a connection, is an empty list.
 */
export function readBody(
  text: string,
  contentType: string | undefined,
  { columnOf, emptyCells = DEFAULT_EMPTY_CELLS }: Reading,
): { json: Json } | Problem {
  if (text.trim() === '') return { json: [] }
  if (/^\s*[[{]/.test(text)) {
    const whole = readJson(text)
    return isProblem(whole) && whole.problem === 'not-json' && isNdjson(text) ? readNdjson(text) : whole
  }
  const header = csvHeader(text, columnOf)
  if (header) return readCsv(text, header, emptyCells, columnOf)
  if (isForm(text)) return readForm(text, emptyCells, columnOf)
  const json = readJson(text)
  if (!isProblem(json) || json.problem !== 'not-json' || /\bjson\b/i.test(contentType ?? '')) return json
  return formatUnclear(describeLines(text, columnOf))
}
