import { isAscii } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { asciiLength } from '../../shared/ascii-json.ts'
import type { BridgeRequest } from '../../shared/http-request.ts'
import type { Json } from '../../shared/json.ts'
import type { EmptyCells } from '../cells.ts'
import type { ColumnResolver } from '../columns.ts'
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
import { brokenJson, readJson, tryJson } from './json-body.ts'
import { isNdjson, readNdjson } from './ndjson.ts'
import { csvHeader, readCsv, rowMaker } from './table.ts'
import { describeLines } from './unclear-text.ts'

export type Decoded = { json: Json }

/**
 * Expands a body, decodes it as UTF-8 and reads its format.
 * @returns the body as JSON, or the problem with it.
 */
export function decode(
  { headers, body, text: asText }: Pick<BridgeRequest, 'headers' | 'body' | 'text'>,
  reading: DecodeOptions,
): Decoded | Problem {
  const expanded = expand(headers['content-encoding'], body)
  if (isProblem(expanded)) return expanded
  const text = asText !== undefined && isWholeText(asText) ? asText : toText(expanded)
  if (text === undefined) return NOT_UTF8
  if (asciiLength(text) > MAX_EXPANDED_BYTES) return BODY_TOO_LARGE
  if (text.startsWith(GZIP_AS_TEXT)) return GZIP_UNNAMED
  return readBody(text, headers['content-type'], reading)
}

/**
 * Gzip is detected by the first bytes, because some senders forget the header, and some proxies expand the
 * body without removing it.
 */
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

/**
 * Whether decoding the body's bytes would give the same text. It would not if the text has a lone surrogate
 * or starts with a byte order mark.
 */
const isWholeText = (text: string) => text.isWellFormed() && !text.startsWith(BYTE_ORDER_MARK)

const BYTE_ORDER_MARK = '\ufeff'

/**
 * Decodes UTF-8 and removes a byte order mark.
 * @returns undefined if the bytes are not UTF-8.
 */
function toText(bytes: Buffer): string | undefined {
  // ASCII needs no decoding, and this gives the same text faster.
  if (isAscii(bytes)) return bytes.toString('latin1')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/**
 * The start of a gzip body that API Gateway decoded as text, which it does when nothing marks the body as
 * compressed.
 */
const GZIP_AS_TEXT = '\u001f\ufffd'

/** How a connection reads formats that have no types of their own. */
export type DecodeOptions = {
  columnOf: ColumnResolver
  emptyCells: EmptyCells | undefined
}

/** By default, an empty cell of a table means that nobody filled it in, so it is left out. */
const DEFAULT_EMPTY_CELLS = 'skip' satisfies EmptyCells

/**
 * Reads a body in any supported format: JSON, NDJSON, CSV (also with tabs, `;` or `|`) or a form. The format
 * is detected from the text itself, because senders name formats wrongly; the content type counts only if the
 * text leaves it open. An empty body, which senders use to test a connection, is an empty list.
 */
export function readBody(
  text: string,
  contentType: string | undefined,
  { columnOf, emptyCells = DEFAULT_EMPTY_CELLS }: DecodeOptions,
): { json: Json } | Problem {
  if (text.trim() === '') return { json: [] }
  if (/^\s*[[{]/.test(text)) return tryJson(text) ?? (isNdjson(text) ? readNdjson(text) : brokenJson(text))
  const header = csvHeader(text, columnOf)
  if (header) return readCsv(text, header, emptyCells, columnOf)
  if (isForm(text)) return readForm(text, emptyCells, columnOf)
  const isCalledJson = /\bjson\b/i.test(contentType ?? '')
  return tryJson(text) ?? (isCalledJson ? brokenJson(text) : formatUnclear(describeLines(text, columnOf)))
}

/** Form fields in which some senders put a whole JSON body. */
const WHOLE_BODIES = new Set(['payload', 'data', 'json', 'body', 'records'])

/**
 * Whether a text is `name=value&name=value`. A form has to encode spaces, so it contains none. The test has
 * two steps because a single regular expression would overflow the stack.
 */
export const isForm = (text: string) => FIRST_FIELD.test(text) && !/\s/.test(text.trim())
const FIRST_FIELD = /^\s*[^\s=&]+=/

/** Reads a form as one row of strings or, if its only field holds JSON, as that JSON. */
export function readForm(text: string, rule: EmptyCells, columnOf: ColumnResolver): { json: Json } | Problem {
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
