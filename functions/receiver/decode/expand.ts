import { gunzipSync, inflateSync } from 'node:zlib'
import { MAX_EXPANDED_BYTES } from '../limits.ts'
import { BODY_TOO_LARGE, encodingUnknown, GZIP_BROKEN, isProblem, type Problem } from '../problems.ts'

/**
 * Names of other compressions (IANA, "HTTP Content Coding Registry", and the names that other systems use). The
 * beginnings of their bodies do not always distinguish them from text.
 */
const OTHER_COMPRESSIONS = new Set(
  `br brotli zstd compress x-compress lzma xz bzip2 bz2 snappy lz4 zip 7z exi pack200-gzip aes128gcm dcb dcz
  aws-chunked`.split(/\s+/),
)

const READ = new Set(['gzip', 'x-gzip', 'deflate', 'zlib'])

/** Names of character sets and transfer encodings, which some senders confuse with a content encoding. */
const NO_COMPRESSION =
  /^(?:|identity|none|null|plain|text|raw|binary|[78]-?bit|base64|utf-?\d+(?:le|be)?|(?:us-)?ascii|iso-?8859-?\d+|latin-?\d+|windows-?\d+|cp-?\d+|charset=.*)$/

/**
 * Expands a body. Compression is detected by the first bytes alone, because some senders forget the header, some
 * proxies expand the body without removing it, and some senders compress a file that is already compressed. A
 * signature does not cover the header either.
 * @param encoding the header `Content-Encoding`. It can only make the request fail.
 * @returns the problem if the body is compressed in another way, damaged or too large when it is expanded.
 */
export function expand(encoding: string | undefined, body: Buffer): Buffer | Problem {
  if (encoding === undefined && body[0] !== 0x1f && body[0] !== 0x78) return body
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
  const unread = names.find((name) => !READ.has(name) && !NO_COMPRESSION.test(name))
  if (unread !== undefined) return encodingUnknown(OTHER_COMPRESSIONS.has(unread))
  let bytes = body
  for (let layer = 0; layer < MAX_LAYERS; layer++) {
    const expanded = expandOnce(bytes)
    if (expanded === bytes || isProblem(expanded)) return expanded
    bytes = expanded
  }
  return bytes
}

/** A file that is compressed, sent by a sender that compresses. */
const MAX_LAYERS = 2

function expandOnce(bytes: Buffer): Buffer | Problem {
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b
  if (!isGzip && !isZlib(bytes)) return bytes
  try {
    const options = { maxOutputLength: MAX_EXPANDED_BYTES }
    return isGzip ? gunzipSync(bytes, options) : inflateSync(bytes, options)
  } catch (error) {
    if (error instanceof RangeError) return BODY_TOO_LARGE
    // The first bytes of zlib could also be text that was decoded on the way.
    return isGzip ? GZIP_BROKEN : bytes
  }
}

/**
 * The two bytes before zlib's data, which HTTP calls "deflate" (RFC 1950, 2.2; RFC 9110, 8.4.1.2): the first names
 * the method, and the second one the level. A text may begin with them too (`x^`), but then it cannot be expanded.
 */
const isZlib = ([first, second]: Buffer) =>
  first === 0x78 && (second === 0x01 || second === 0x5e || second === 0x9c || second === 0xda)
