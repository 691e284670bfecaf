import { asciiJson } from '../../shared/ascii-json.ts'
import type { Capture } from '../../shared/capture.ts'
import type { BridgeRequest } from '../../shared/http-request.ts'
import type { Json } from '../../shared/json.ts'
import { CAPTURE_VERSION, MAX_CAPTURE_BYTES } from '../../shared/limits.ts'
import type { OutgoingMessage } from '../../shared/queue.edge.ts'
import type { ColumnResolver } from '../columns.ts'
import { displayName, isProblem, type Problem } from '../problems.ts'
import type { ReadRequest } from '../read/read-request.ts'
import type { AcceptedRow, RejectedRow } from '../read/records.ts'
import type { RequestContext } from '../request-context.ts'
import type { ReceiverSettings } from '../settings.ts'
import { writeRawRow } from '../store/dead-letters.ts'
import { readingOf } from './reading.ts'

/** A header is text from the sender. This is enough of it to see what it says. */
const MAX_HEADER_CHARACTERS = 100

/**
 * Writes how a request was read as ASCII JSON, with as many of its rows, in order, as fit into `maxBytes`.
 */
export function writeCapture(
  outcome: ReadRequest | Problem,
  context: RequestContext,
  maxBytes = MAX_CAPTURE_BYTES,
): string {
  const head = {
    ...headOf(context),
    ...(isProblem(outcome) ? { problem: shown(outcome) } : readingIn(outcome, context)),
  }
  const rows = isProblem(outcome) ? [] : rowsThatFit(outcome, context, maxBytes - asciiJson(head).length)
  const received = isProblem(outcome) ? 0 : outcome.records.accepted.length + outcome.records.rejected.length
  const tail = `"rows":[${rows.join(',')}],"moreRows":${received - rows.length}}`
  return `${asciiJson(head).slice(0, -1)},${tail}`
}

const headOf = ({
  request,
  route,
  sender,
  receivedAt,
}: RequestContext): Omit<Capture, 'rows' | 'moreRows'> => ({
  v: CAPTURE_VERSION,
  connection: sender.name,
  requestId: request.id,
  receivedAt: new Date(receivedAt).toISOString(),
  method: request.method,
  ...(!isProblem(route) && { endpoint: route.endpoint }),
  format: {
    ...headerIn(request, 'content-type', 'contentType'),
    ...headerIn(request, 'content-encoding', 'contentEncoding'),
    bytes: request.body.length,
  },
})

function headerIn({ headers }: BridgeRequest, header: string, name: 'contentType' | 'contentEncoding') {
  const text = headers[header]
  return text === undefined ? {} : { [name]: text.slice(0, MAX_HEADER_CHARACTERS) }
}

const shown = ({ problem, status, title, detail, more }: Problem) => ({
  ...more,
  problem,
  status,
  title,
  detail,
})

const readingIn = (read: ReadRequest, { route, reader }: RequestContext) =>
  isProblem(route) ? {} : { reading: readingOf(read, route.endpoint, reader) }

/** Room for the brackets, names and commas around the rows, and for their number. */
const TAIL_BYTES = 100

function rowsThatFit(
  { records, lines, rows = [] }: ReadRequest,
  { reader: { columnOf } }: RequestContext,
  room: number,
): string[] {
  const rejected = new Map(records.rejected.map((row) => [row.index, row]))
  const written: string[] = []
  let [place, left] = [0, room - TAIL_BYTES]
  for (const [index, row] of rows.entries()) {
    if (records.skipped?.has(index)) continue
    const error = rejected.get(index)
    const read = error ? undefined : records.accepted[place++]
    const json = error ? rejectedRow(error, lines?.get(index), columnOf) : readRow(index, row, read, columnOf)
    left -= json.length + 1
    if (left < 0) break
    written.push(json)
  }
  return written
}

function rejectedRow(error: RejectedRow, line: number | undefined, columnOf: ColumnResolver): string {
  const json = withMember(writeRawRow(error, columnOf), 'code', asciiJson(error.code))
  const { other } = error
  const named = other === undefined ? json : withMember(json, 'other', asciiJson(displayName(other)))
  return line === undefined ? named : withMember(named, 'line', String(line))
}

const readRow = (index: number, row: Json, read: AcceptedRow | undefined, columnOf: ColumnResolver) =>
  withMember(writeRawRow({ index, row }, columnOf), 'record', read?.json ?? 'null')

const withMember = (object: string, name: string, json: string) => `${object.slice(0, -1)},"${name}":${json}}`

/** The connection is an attribute of the message, so that an operator can choose by it. */
export const toCapturesQueue = (
  body: string,
  connection: string,
  { captures }: ReceiverSettings,
): OutgoingMessage => ({
  queueUrl: captures,
  unordered: true,
  group: '',
  dedupId: '',
  body,
  attributes: { connection },
})
