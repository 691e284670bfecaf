import { isAscii } from 'node:buffer'
import { gunzipSync } from 'node:zlib'
import { asciiLength } from '../shared/ascii-json.ts'
import type { BridgeRequest } from '../shared/request.ts'
import { type Reading, readBody } from './body.ts'
import type { Json } from './json.ts'
import {
  BODY_TOO_LARGE,
  ENCODING_UNKNOWN,
  GZIP_BROKEN,
  GZIP_UNNAMED,
  isProblem,
  NOT_UTF8,
  type Problem,
} from './problem.ts'

/** What a compressed body may grow to. */
const MAX_EXPANDED_BYTES = 16 * 1024 * 1024

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
