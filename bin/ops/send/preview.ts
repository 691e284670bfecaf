import { rowReader } from '../../../functions/receiver/columns.ts'
import { isProblem } from '../../../functions/receiver/problems.ts'
import { plan } from '../../../functions/receiver/receive.ts'
import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { cut, type RequestLimits } from '../sent-file/cut.ts'
import type { RequestOptions } from '../sent-file/request-options.ts'

/** What a request holds, as read by the receiver's own code. */
export type RequestPreview = {
  rows: number
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
  const headers = contentType === undefined ? {} : { 'content-type': contentType }
  const route = { endpoint, connection: name }
  const sender = { name, connection }
  const reader = rowReader(connection, Object.values(settings.connections))
  for await (const part of cut(read(), limits, reader.columnOf)) {
    if ('problem' in part) return { problem: `Nothing was sent. ${part.problem}` }
    const { body } = part
    const request = { id: '', method: 'POST', path: '', headers, query, body, sourceIp: '' }
    const planned = plan({ request, route, sender, reader, receivedAt: now() }, { settings, newId })
    if (isProblem(planned)) {
      const hint = planned.status === 413 ? ' Fewer rows to a request: --rows.' : ''
      return {
        problem: `Nothing was sent. The request from row ${first} on would not be taken: ${planned.title}. ${planned.detail}${hint}`,
      }
    }
    const { accepted, rejected } = planned.read.records
    const codes = new Map<string, number>()
    for (const { code } of rejected) codes.set(code, (codes.get(code) ?? 0) + 1)
    const rows = accepted.length + rejected.length
    previews.push({ rows, rejectedByCode: codes })
    first += rows
  }
  return previews
}
