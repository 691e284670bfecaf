import { cachedColumnResolver, rowReader } from '../../../functions/receiver/columns.ts'
import { isProblem } from '../../../functions/receiver/problems.ts'
import { plan } from '../../../functions/receiver/receive.ts'
import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { bodyFromGateway } from '../../local/http-event.ts'
import { cut, type RequestLimits } from '../sent-file/cut.ts'
import { contentTypeOf, type RequestOptions } from '../sent-file/request-options.ts'
import { signatureOf } from '../sign.ts'
import { type PostDeps, type PostResult, postWithRetries } from './post.ts'

/** What a request holds, as read by the receiver's own code. */
export type RequestPreview = {
  /** All rows, also those that the receiver skips because they are certainly not data. */
  rows: number
  /** How many of these the receiver skips. */
  skipped: number
  /** Numbers of rows that would be parked at once, by code. */
  rejectedByCode: ReadonlyMap<string, number>
}

export type PreviewDeps = { settings: ReceiverSettings; newId: () => string; now: () => number }

/**
 * Reads a whole file before anything is sent, so that no file is begun that the bridge would not accept to
 * its end.
 * @returns what each request holds; or where and why the file would not be accepted.
 */
export async function previewRequests(
  read: () => AsyncIterable<Buffer>,
  { endpoint, connection: name, contentType, query }: RequestOptions,
  connection: Connection,
  limits: RequestLimits,
  { settings, newId, now }: PreviewDeps,
): Promise<RequestPreview[] | { problem: string }> {
  const previews: RequestPreview[] = []
  let first = limits.skip ?? 0
  const route = { endpoint, connection: name }
  const sender = { name, connection }
  const reader = rowReader(connection, Object.values(settings.connections))
  for await (const part of cut(read(), limits, reader.columnOf)) {
    if ('problem' in part) return { problem: `Nothing was sent. ${part.problem}` }
    const { body } = part
    const headers = { 'content-type': contentType ?? contentTypeOf(body) }
    const delivered = bodyFromGateway(body, headers)
    const request = { id: '', method: 'POST', path: '', headers, query, sourceIp: '', ...delivered }
    const context = { request, route, sender, reader, receivedAt: now() }
    const planned = plan(context, signatureOf(connection.authentication[0]), { settings, newId })
    if (isProblem(planned)) {
      const hint = planned.status === 413 ? ' Send fewer rows per request with --rows.' : ''
      const reason = `${planned.title}. ${planned.detail}${hint}`
      return { problem: `Nothing was sent. The request from row ${first} on would be refused: ${reason}` }
    }
    const { accepted, rejected } = planned.read.records
    const codes = new Map<string, number>()
    for (const { code } of rejected) codes.set(code, (codes.get(code) ?? 0) + 1)
    const skipped = planned.read.skippedRows ?? 0
    const rows = accepted.length + rejected.length + skipped
    previews.push({ rows, skipped, rejectedByCode: codes })
    first += rows
  }
  return previews
}

/** How much of a file the bridge has received. */
export type SendProgress = {
  /** Rows of requests that were answered, whatever the answer. */
  rows: number
  accepted: number
  /** Lines of requests that were accepted and are certainly no data, such as repeated headers. */
  skipped: number
  /** The number of rows that the receiver rejected: it parks them unless it only captures. */
  rejected: number
  /** By the codes that this version determines. */
  rejectedByCode: Map<string, number>
  /** The connection is in capture mode: nothing is delivered, and nothing is parked. */
  captured: boolean
  /** The first row that was not sent or whose outcome is unknown, and the reason. */
  ended?: { row: number; kind: 'refused' | 'unsure' | 'stopped'; reason: string }
}

/**
 * Sends one request after the other, each only when the previous one was accepted, so that the rows stay in
 * order. A request's idempotency key ends with the number of its first row: it is the same when the rest of
 * the file is sent later.
 * @param key undefined if the bridge ignores keys.
 */
export async function sendAll(
  read: () => AsyncIterable<Buffer>,
  previews: readonly RequestPreview[],
  connection: Connection,
  { limits, key }: { limits: RequestLimits; key: string | undefined },
  onPosted: (posted: PostResult, sending: SendProgress) => Promise<void>,
  deps: PostDeps,
): Promise<SendProgress> {
  const sending: SendProgress = {
    rows: 0,
    accepted: 0,
    skipped: 0,
    rejected: 0,
    rejectedByCode: new Map(),
    captured: false,
  }
  const firstRow = limits.skip ?? 0
  let number = 0
  for await (const part of cut(read(), limits, cachedColumnResolver(connection))) {
    const row = firstRow + sending.rows
    const preview = previews[number]
    if ('problem' in part || !preview)
      return { ...sending, ended: { row, kind: 'refused', reason: 'The file was changed in the meantime.' } }
    if (deps.stop.aborted) return { ...sending, ended: { row, kind: 'stopped', reason: '' } }
    const posted = await postWithRetries(part.body, key === undefined ? undefined : `${key}-${row}`, deps)
    number += 1
    addAnswer(sending, posted, preview)
    await onPosted(posted, sending)
    if (posted.kind !== 'taken')
      return { ...sending, ended: { row, kind: posted.kind, reason: posted.reason } }
  }
  return sending
}

function addAnswer(sending: SendProgress, posted: PostResult, preview: RequestPreview): void {
  if (posted.kind === 'unsure') return
  if (posted.kind === 'taken') {
    sending.rows += preview.rows
    sending.skipped += preview.skipped
    sending.accepted += posted.accepted
  }
  sending.rejected += posted.rejected
  sending.captured ||= posted.captured
  for (const [code, count] of codesOf(posted.rejected, preview))
    sending.rejectedByCode.set(code, (sending.rejectedByCode.get(code) ?? 0) + count)
}

/**
 * An answer lists only the first codes. The receiver's code in this version determines all of them, if it
 * reads the rows the same way.
 */
function codesOf(rejected: number, { rejectedByCode }: RequestPreview): ReadonlyMap<string, number> {
  const known = [...rejectedByCode.values()].reduce((all, count) => all + count, 0)
  if (known === rejected) return rejectedByCode
  return new Map(rejected > 0 ? [[OTHER, rejected]] : [])
}

/** Label for rows that the deployed version or its settings read differently. */
const OTHER = '(the deployed bridge reads these rows differently from this version)'
