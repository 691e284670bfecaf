import { isAscii } from 'node:buffer'
import { asciiLength } from '../../shared/ascii-json.ts'
import type { BridgeRequest } from '../../shared/http-request.ts'
import type { Json } from '../../shared/json.ts'
import { DEFAULT_EMPTY_CELLS, type EmptyCells } from '../cells.ts'
import type { ColumnResolver } from '../columns.ts'
import { isDamaged, mayHoldDamage } from '../damage.ts'
import { MAX_EXPANDED_BYTES, MAX_NAMES } from '../limits.ts'
import {
  BASE64_BODY,
  BODY_TOO_LARGE,
  formatUnclear,
  isProblem,
  NOT_UTF8,
  type Problem,
  TOO_MANY_NAMES,
} from '../problems.ts'
import { expand } from './expand.ts'
import { foreignFormat, isBase64Body } from './foreign.ts'
import { brokenJson, readJson, tryJson } from './json-body.ts'
import { isNdjson, readNdjson } from './ndjson.ts'
import type { ReadBody } from './read-body.ts'
import { csvHeader, readCsv, rowMaker } from './table.ts'
import { describeLines, headerLineOf } from './unclear-text.ts'

export type Decoded = ReadBody & {
  /** Whether a character of the body is not UTF-8, or was not when the sender read it. */
  mayHoldDamage: boolean
}

/**
 * Expands a body, decodes it as UTF-8 and reads its format. The same bytes are read in the same way whatever
 * the headers say, and whether or not API Gateway has decoded them: headers decide only which problem is reported.
 * @returns the body as JSON, or the problem with it.
 */
export function decode(
  { headers, body, text: asText }: Pick<BridgeRequest, 'headers' | 'body' | 'text'>,
  reading: DecodeOptions,
): Decoded | Problem {
  const expanded = expand(headers['content-encoding'], body)
  if (isProblem(expanded)) return expanded
  const isAsText = asText !== undefined && expanded === body && isWholeText(asText)
  const text = isAsText ? asText : toText(expanded)
  if (asciiLength(text) > MAX_EXPANDED_BYTES) return BODY_TOO_LARGE
  const foreign = foreignFormat(text)
  if (foreign) return foreign
  const read = readBody(text, headers['content-type'], reading)
  if (!isProblem(read)) return { ...read, mayHoldDamage: read.isForm === true || mayHoldDamage(text) }
  const isUnread = read.problem === 'not-json' || read.problem === 'format-unclear'
  return isUnread && isDamaged(text) ? NOT_UTF8 : read
}

/**
 * Whether decoding the body's bytes would give the same text. It would not if the text has a lone surrogate
 * or starts with a byte order mark.
 */
const isWholeText = (text: string) => text.isWellFormed() && !text.startsWith(BYTE_ORDER_MARK)

const BYTE_ORDER_MARK = '\ufeff'

/**
 * Decodes UTF-8, or UTF-16 if it begins with a byte order mark, and removes the mark. Bytes that are neither
 * become U+FFFD, as they do in API Gateway.
 */
export function toText(bytes: Buffer): string {
  // ASCII needs no decoding, and this gives the same text faster.
  if (isAscii(bytes)) return bytes.toString('latin1')
  const isUtf32 = bytes[2] === 0 && bytes[3] === 0
  if (bytes[0] === 0xff && bytes[1] === 0xfe && !isUtf32) return new TextDecoder('utf-16le').decode(bytes)
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder().decode(bytes)
}

/** How a connection reads formats that have no types of their own. */
export type DecodeOptions = {
  columnOf: ColumnResolver
  emptyCells: EmptyCells | undefined
}

/**
 * Reads a body in any supported format: JSON, NDJSON, CSV (also with tabs, `;` or `|`) or a form. The format
 * is detected from the text itself, because senders name formats wrongly; the content type counts only if the
 * text leaves it open. An empty body, which senders use to test a connection, is an empty list.
 */
export function readBody(
  text: string,
  contentType: string | undefined,
  { columnOf, emptyCells = DEFAULT_EMPTY_CELLS }: DecodeOptions,
): ReadBody | Problem {
  if (text.trim() === '') return { json: [] }
  if (JSON_START.test(text)) return tryJson(text) ?? (isNdjson(text) ? readNdjson(text) : brokenJson(text))
  const header = csvHeader(text, columnOf)
  if (header) return readCsv(text, header, emptyCells, columnOf)
  if (/^\s*"/.test(text)) return readJsonInText(text)
  if (isBase64Body(text, (start) => csvHeader(start, columnOf) !== undefined)) return BASE64_BODY
  if (isForm(text)) {
    const form = readForm(text, emptyCells, columnOf)
    return isProblem(form) ? form : { ...form, isForm: true }
  }
  const isCalledJson = /\bjson\b/i.test(contentType ?? '')
  const unclear = () => formatUnclear(describeLines(text, columnOf), headerLineOf(text, columnOf))
  return tryJson(text) ?? (isCalledJson ? brokenJson(text) : unclear())
}

const JSON_START = /^\s*[[{]/

/** Reads JSON that was encoded twice: some senders encode a body that already is JSON as a JSON string. */
function readJsonInText(text: string): { json: Json } | Problem {
  const outer = readJson(text)
  return !isProblem(outer) && typeof outer.json === 'string' && JSON_START.test(outer.json)
    ? readJson(outer.json)
    : outer
}

/** Form fields in which some senders put a whole JSON body. */
const WHOLE_BODIES = new Set(['payload', 'data', 'json', 'body', 'records'])

/**
 * Whether a text is `name=value&name=value`, or JSON in the encoding of a form. A form has to encode spaces, so it
 * contains none. The test has two steps because a single regular expression would overflow the stack.
 */
export const isForm = (text: string) => FIRST_FIELD.test(text) && !/\s/.test(text.trim())
const FIRST_FIELD = /^\s*(?:[^\s=&]+=|%7B|%5B)/i

/**
 * Reads a form as one row of strings or, if its only field holds JSON, as that JSON. JSON as the name of the only
 * field is what some HTTP clients make of an object. A form is never treated as an empty body.
 */
export function readForm(text: string, rule: EmptyCells, columnOf: ColumnResolver): { json: Json } | Problem {
  if (text.split('&', MAX_NAMES + 1).length > MAX_NAMES) return TOO_MANY_NAMES
  const cells = [...new URLSearchParams(text.trim())]
  const [[name, cell] = ['', '']] = cells
  if (cells.length === 1 && cell === '' && JSON_START.test(name)) return readJson(name)
  if (cells.length === 1 && WHOLE_BODIES.has(name.toLowerCase()) && JSON_START.test(cell))
    return readJson(cell)
  const toRow = rowMaker(
    cells.map(([name]) => name),
    rule,
    columnOf,
  )
  return { json: [toRow(cells.map(([, cell]) => cell))] }
}
