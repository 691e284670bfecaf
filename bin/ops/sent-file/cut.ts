import type { ColumnResolver } from '../../../functions/receiver/columns.ts'
import { isNdjson } from '../../../functions/receiver/decode/ndjson.ts'
import { csvHeader } from '../../../functions/receiver/decode/table.ts'
import { type Scan, scanCsv, scanJsonList, scanNdjson } from './scan.ts'

/** The limits of one request, and the number of rows to skip at the beginning of the file. */
export type RequestLimits = { rows: number; bytes: number; skip?: number }

/**
 * A Lambda function receives 6 MB at most (AWS, "Lambda quotas"). API Gateway passes a body on as text in
 * JSON, where each quote takes two bytes, or in base64, which takes a third more.
 */
export const MAX_WEBHOOK_BYTES = 3_500_000

/** The body of one request. A problem ends the file. */
export type FilePart = { body: Buffer } | { problem: string }

/**
 * Cuts a file into request bodies, in order. The file is a JSON list, one JSON object per line, or a table,
 * whose header is repeated in each body. A file that fits one request stays as it is, byte by byte, whatever
 * its format.
 */
export async function* cut(
  chunks: AsyncIterable<Buffer>,
  limits: RequestLimits,
  columnOf: ColumnResolver,
): AsyncGenerator<FilePart> {
  try {
    yield* bodies(chunks, limits, columnOf)
  } catch (error) {
    if (!isOfReading(error)) throw error
    yield { problem: `The file cannot be read to its end and may be damaged: ${error.message}.` }
  }
}

/** Node gives errors of files and gzip a code. No other error with a code can be thrown here. */
const isOfReading = (error: unknown): error is Error => error instanceof Error && 'code' in error

async function* bodies(
  chunks: AsyncIterable<Buffer>,
  limits: RequestLimits,
  columnOf: ColumnResolver,
): AsyncGenerator<FilePart> {
  const iterator = chunks[Symbol.asyncIterator]()
  const head = await readHead(iterator, limits.bytes)
  const format = formatOf(head, columnOf)
  const isWhole = head.length <= limits.bytes && !(format && holdsMore(head, format(), limits))
  if (isWhole && !limits.skip) yield { body: head }
  else if (format) yield* cutRows(continued(head, iterator), format(), limits)
  else yield isUtf16(head) ? UTF16_CAN_NOT_BE_CUT : CAN_NOT_BE_CUT
}

const CAN_NOT_BE_CUT: FilePart = {
  problem:
    'The file is too large for one request. Only a JSON list, one JSON object per line, or a table with a header line can be cut into several.',
}

const UTF16_CAN_NOT_BE_CUT: FilePart = {
  problem:
    'The file is in UTF-16 and too large for one request. Save it as UTF-8, so that it can be cut into several.',
}

/** Whether a file begins with the byte order mark of UTF-16. */
const isUtf16 = ([first, second]: Buffer) =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)

/** Reads until it is clear that the file is larger, or to its end. */
async function readHead(iterator: AsyncIterator<Buffer>, bytes: number): Promise<Buffer> {
  const read: Buffer[] = []
  for (let length = 0; length <= bytes; ) {
    const next = await iterator.next()
    if (next.done) break
    read.push(Buffer.from(next.value))
    length += next.value.length
  }
  return Buffer.concat(read)
}

async function* continued(head: Buffer, iterator: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield head
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value
}

/** Tries the formats in the same order as the receiver. */
function formatOf(head: Buffer, columnOf: ColumnResolver): (() => Scan) | undefined {
  // The decoder removes a byte order mark. The end may be cut within a character.
  const text = new TextDecoder().decode(head)
  if (/^\s*\[/.test(text)) return scanJsonList
  if (/^\s*\{/.test(text)) return isNdjson(text) ? scanNdjson : undefined
  return csvHeader(text, columnOf) ? scanCsv : undefined
}

/**
 * @returns whether the file holds more rows than one request may. If its end is malformed, it is sent as it
 * is and the receiver reports the problem.
 */
function holdsMore(file: Buffer, scan: Scan, { rows }: RequestLimits): boolean {
  const found = scan.push(file).length
  const last = scan.end()
  return Array.isArray(last) && found + last.length > rows
}

/** A comma and a line break. */
const SEPARATOR_BYTES = 2

async function* cutRows(
  chunks: AsyncIterable<Buffer>,
  scan: Scan,
  limits: RequestLimits,
): AsyncGenerator<FilePart> {
  let open: Buffer[] = []
  let bytes = 0
  let before = 0
  let { skip = 0 } = limits
  /** @returns whether a problem ended the file. */
  const add = function* (rows: readonly Buffer[]): Generator<FilePart, boolean> {
    for (const row of rows) {
      if (skip > 0) {
        skip -= 1
        before += 1
        continue
      }
      if (open.length > 0 && (open.length >= limits.rows || bytes + row.length > limits.bytes)) {
        yield { body: scan.wrap(open) }
        before += open.length
        open = []
        bytes = 0
      }
      if (row.length > limits.bytes) {
        yield tooLarge(before + open.length)
        return true
      }
      open.push(row)
      bytes += row.length + SEPARATOR_BYTES
    }
    return false
  }
  for await (const chunk of chunks) if (yield* add(scan.push(chunk))) return
  const last = scan.end()
  if (!Array.isArray(last)) return yield last
  if (yield* add(last)) return
  if (open.length > 0) yield { body: scan.wrap(open) }
}

const tooLarge = (row: number): FilePart => ({
  problem: `Row ${row} is larger than a request may be. Perhaps a quote before it is not closed.`,
})
