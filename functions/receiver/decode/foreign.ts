import { type Problem, unreadable } from '../problems.ts'

/** A format that is not read, and how its bodies begin when they are decoded as text. `send` says what to do. */
type Foreign = { what: string; begins: readonly (string | RegExp)[]; send: string; problem?: string }

const UNPACKED = 'Unpack it, and send the file inside: CSV, JSON or NDJSON in UTF-8.'
const UNCOMPRESSED = 'Send it uncompressed, or compressed with gzip.'
const AS_BYTES =
  'The body was decoded as text on the way, so it cannot be expanded. Send "Content-Encoding: gzip" with a gzip body, or send it uncompressed.'
const EXPORTED = 'Export the data as CSV, JSON or NDJSON in UTF-8.'
const IN_UTF8 =
  'Set the character set of the sender to UTF-8. UTF-16 with a byte order mark is read if the content type is application/octet-stream.'

/**
 * Bytes that are not UTF-8 appear as U+FFFD, so that a body is recognised in the same way whether API Gateway has
 * decoded it already or not. The beginnings are from the formats' specifications.
 */
const FOREIGN: readonly Foreign[] = [
  { what: 'compressed with gzip', begins: ['\u001f\ufffd'], send: AS_BYTES, problem: 'gzip-unnamed' },
  {
    what: 'compressed with zlib (deflate)',
    begins: ['x\u0001', /^x[\ufffd^][^\n]{0,200}[[\p{Cc}\ufffd]--[\t\n\r]]/v],
    send: AS_BYTES,
  },
  { what: 'compressed with bzip2', begins: [/^BZh\d1AY/], send: UNCOMPRESSED },
  { what: 'compressed with xz', begins: ['\ufffd7zXZ'], send: UNCOMPRESSED },
  { what: 'compressed with zstd', begins: ['(\ufffd/\ufffd'], send: UNCOMPRESSED },
  { what: 'compressed with lz4', begins: ['\u0004"M\u0018'], send: UNCOMPRESSED },
  { what: 'a ZIP archive or an Excel file', begins: ['PK\u0003\u0004', 'PK\u0005\u0006'], send: UNPACKED },
  { what: 'a 7z archive', begins: ["7z\ufffd\ufffd'\u001c"], send: UNPACKED },
  { what: 'a RAR archive', begins: ['Rar!\u001a'], send: UNPACKED },
  { what: 'an old Excel file', begins: ['\ufffd\ufffd\u0011'], send: EXPORTED },
  { what: 'a PDF', begins: ['%PDF-'], send: EXPORTED },
  { what: 'a Parquet file', begins: ['PAR1'], send: EXPORTED },
  { what: 'an Avro file', begins: ['Obj\u0001'], send: EXPORTED },
  { what: 'an ORC file', begins: ['ORC\n'], send: EXPORTED },
  { what: 'an Arrow file', begins: ['ARROW1'], send: EXPORTED },
  {
    what: 'text in UTF-32',
    begins: ['\ufffd\ufffd\0\0', '\0\0\ufffd\ufffd', /^[^\0]\0\0\0/, /^\0\0\0[^\0]/],
    send: IN_UTF8,
  },
  {
    what: 'text in UTF-16',
    begins: [/^\ufffd\ufffd[^\n]{0,20}\0/, /^[^\0]\0/, /^\0[^\0]/],
    send: IN_UTF8,
  },
  {
    what: 'a multipart form',
    begins: [/^\s*--[^\r\n]{1,200}\r?\ncontent-/i],
    send: 'Send the file itself as the body, as with curl --data-binary @file, and not as a part of a form.',
  },
  {
    what: 'a web page or XML',
    begins: [/^\s*<(?:!doctype|!--|\?xml|[a-z][\w:-]*[\s/>])/i],
    send: EXPORTED,
  },
  {
    what: 'an object that JavaScript turned into text, without its content',
    begins: [/^\s*\[object \w+\]\s*$/],
    send: 'Have the sender write the object as JSON (JSON.stringify).',
  },
]

/** Enough of a body to recognise every format. */
const LOOKED_AT = 1_000

/** How nearly all bodies begin: with JSON, or with a name and a delimiter. They need no closer look. */
const USUAL = /^(?:[[{]\s*["{[\]}]|"?\w{1,100}[",;|\t=])/

/** @returns the problem with a body in a format that is recognised but not read. */
export function foreignFormat(text: string): Problem | undefined {
  const start = text.slice(0, LOOKED_AT)
  const hasNul = start.includes('\0')
  if (!hasNul && USUAL.test(start)) return undefined
  const matches = (begin: string | RegExp) =>
    typeof begin === 'string' ? start.startsWith(begin) : begin.test(start)
  const found = FOREIGN.find(({ begins }) => begins.some(matches))
  if (found) return unreadable(found.what, found.send, found.problem)
  return hasNul && isMostlyNul(start) ? unreadable('text in UTF-16', IN_UTF8) : undefined
}

/** UTF-16 without a mark may begin with other characters than Latin ones. Its digits and delimiters show it. */
const LEAST_SHARE = 1 / 16
const isMostlyNul = (start: string) => start.split('\0').length - 1 > Math.max(3, start.length * LEAST_SHARE)

const BASE64 = /^[A-Za-z0-9+/_-]+={0,2}$/

/** Base64 of a JSON text, of gzip or of a table, which is how some gateways and queues pass a body on. */
export function isBase64Body(text: string, isTable: (text: string) => boolean): boolean {
  const start = text.slice(0, LOOKED_AT).replace(/\s/g, '')
  if (start.length < 'eyJ9'.length || !BASE64.test(start)) return false
  const bytes = Buffer.from(start, 'base64')
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true
  const decoded = bytes.toString('utf8')
  return /^\s*[[{]\s*["{[\]}]/.test(decoded) || isTable(decoded)
}
