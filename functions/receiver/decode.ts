import { gunzipSync } from 'node:zlib'
import { asciiLength } from '../shared/ascii-json.ts'
import type { BridgeRequest } from '../shared/request.ts'
import { countNames } from './count-names.ts'
import { countValues } from './count-values.ts'
import { mayHoldLongNumber, parseExactly } from './exact-numbers.ts'
import type { Json } from './json.ts'
import { markRepeats } from './mark-repeats.ts'
import {
  BODY_TOO_LARGE,
  ENCODING_UNKNOWN,
  GZIP_BROKEN,
  GZIP_UNNAMED,
  isProblem,
  JSON_TOO_DEEP,
  NOT_UTF8,
  notJson,
  type Problem,
  TOO_MANY_NAMES,
  TOO_MANY_VALUES,
} from './problem.ts'

/**
 * What a compressed body may grow to, how many values it may hold, and how many different names for them, which cost far
 * more than the same names again. The worst within these bounds was measured to need 215 MB in the whole process, and
 * to take up to 370 where Node has room to leave its garbage lying; the function has 512.
 */
const MAX_EXPANDED_BYTES = 16 * 1024 * 1024
const MAX_VALUES = 400_000
const MAX_NAMES = 20_000

export type Decoded = { json: Json }

/** From a body's bytes to JSON. An empty body, which senders use to test a connection, is an empty list. */
export function decode({ headers, body }: Pick<BridgeRequest, 'headers' | 'body'>): Decoded | Problem {
  const expanded = expand(headers['content-encoding'], body)
  if (isProblem(expanded)) return expanded
  const text = toText(expanded)
  if (text === undefined) return NOT_UTF8
  if (asciiLength(text) > MAX_EXPANDED_BYTES) return BODY_TOO_LARGE
  return parse(text)
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

/** The decoder also takes a byte order mark away. */
function toText(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** How gzip begins when API Gateway took it for text, as it does where nothing says that the body is compressed. */
const GZIP_AS_TEXT = '\u001f\ufffd'

/** The place at the end of the parser's message, where it tells one. */
const POSITION = / in JSON at position (\d+)(?: \(line \d+ column \d+\))?$/

/** The parser's own message is not passed on: it quotes the text. */
function parse(text: string): Decoded | Problem {
  if (text.trim() === '') return { json: [] }
  const { values, names } = countValues(text, MAX_VALUES)
  if (values > MAX_VALUES) return TOO_MANY_VALUES
  if (text.startsWith(GZIP_AS_TEXT)) return GZIP_UNNAMED
  try {
    const json: Json = JSON.parse(text)
    const kept = countNames(json, MAX_NAMES)
    if (kept.different > MAX_NAMES) return TOO_MANY_NAMES
    // What a parser changes without a word is rare, and to be kept takes much longer.
    if (kept.all === names && !mayHoldLongNumber(text)) return { json }
    return { json: parseExactly(kept.all === names ? text : markRepeats(text)) }
  } catch (error) {
    if (error instanceof RangeError) return JSON_TOO_DEEP
    return notJson(error instanceof Error ? POSITION.exec(error.message)?.[1] : undefined)
  }
}
