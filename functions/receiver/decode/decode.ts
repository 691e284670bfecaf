import { isAscii } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { asciiLength } from '../../shared/ascii-json.ts'
import type { BridgeRequest } from '../../shared/http-request.ts'
import type { Json } from '../../shared/json.ts'
import type { EmptyCells } from '../cells.ts'
import type { ColumnOf } from '../columns.ts'
import { MAX_EXPANDED_BYTES, MAX_NAMES } from '../limits.ts'
import {
  BODY_TOO_LARGE,
  ENCODING_UNKNOWN,
  formatUnclear,
  GZIP_BROKEN,
  GZIP_UNNAMED,
  isProblem,
  NOT_UTF8,
  type Problem,
  TOO_MANY_NAMES,
} from '../problems.ts'
import { readJson } from './json-body.ts'
import { isNdjson, readNdjson } from './ndjson.ts'
import { csvHeader, readCsv, rowMaker } from './table.ts'
import { describeLines } from './unclear-text.ts'

export type Decoded = { json: Json }

/** From a body's bytes to JSON. */
export function decode(
  { headers, body, text: asText }: Pick<BridgeRequest, 'headers' | 'body' | 'text'>,
  reading: Reading,
): Decoded | Problem {
  const expanded = expand(headers['content-encoding'], body)
  if (isProblem(expanded)) return expanded
  const text = asText !== undefined && isWholeText(asText) ? asText : toText(expanded)
  if (text === undefined) return NOT_UTF8
  if (asciiLength(text) > MAX_EXPANDED_BYTES) return BODY_TOO_LARGE
  if (text.startsWith(GZIP_AS_TEXT)) return GZIP_UNNAMED
  return readBody(text, headers['content-type'], reading)
}

/** The first bytes decide, since some senders forget the header, and some proxies expand and leave it. */
function expand(encoding: string | undefined, body: Buffer): Buffer | Problem {
  if (!['', 'identity', 'gzip', 'x-gzip'].includes(encoding?.trim().toLowerCase() ?? ''))
    return ENCODING_UNKNOWN
  if (!(body[0] === 0x1f && body[1] === 0x8b)) return body
  try {
    return gunzipSync(body, { maxOutputLength: MAX_EXPANDED_BYTES })
  } catch (error) {
    return error instanceof RangeError ? BODY_TOO_LARGE : GZIP_BROKEN
  }
}

/** Text that its bytes would be read as again: no half of a pair of surrogates, and no byte order mark. */
const isWholeText = (text: string) => text.isWellFormed() && !text.startsWith(BYTE_ORDER_MARK)

const BYTE_ORDER_MARK = '\ufeff'

/** The decoder also takes a byte order mark away. */
function toText(bytes: Buffer): string | undefined {
  // Says the same, faster, of what needs no decoding.
  if (isAscii(bytes)) return bytes.toString('latin1')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** How gzip begins when API Gateway took it for text, as it does where nothing says that the body is compressed. */
const GZIP_AS_TEXT = '\u001f\ufffd'

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
