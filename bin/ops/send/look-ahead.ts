import { rowReader } from '../../../functions/receiver/columns.ts'
import { isProblem } from '../../../functions/receiver/problems.ts'
import { plan } from '../../../functions/receiver/receive.ts'
import type { Settings } from '../../../functions/receiver/settings.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { cut, type RequestLimits } from '../sent-file/cut.ts'
import type { Sent } from '../sent-file/sent.ts'

/** What a request holds, by the receiver's own code. */
export type Ahead = {
  rows: number
  /** Rows that would be parked at once, by code. */
  refused: ReadonlyMap<string, number>
}

export type LookAheadDeps = { settings: Settings; newId: () => string; now: () => number }

/**
 * Reads a whole file before anything of it is sent, so that none is begun that the bridge would not take to its end.
 * @returns what each request holds; or where and why the file would not be taken.
 */
export async function lookAhead(
  read: () => AsyncIterable<Buffer>,
  { endpoint, connection: name, contentType, query }: Sent,
  connection: Connection,
  limits: RequestLimits,
  { settings, newId, now }: LookAheadDeps,
): Promise<Ahead[] | { problem: string }> {
  const ahead: Ahead[] = []
  let first = limits.skip ?? 0
  const headers = contentType === undefined ? {} : { 'content-type': contentType }
  const route = { endpoint, connection: name }
  const sender = { name, connection }
  const reader = rowReader(connection, Object.values(settings.connections))
  for await (const piece of cut(read(), limits, reader.columnOf)) {
    if ('problem' in piece) return { problem: `Nothing was sent. ${piece.problem}` }
    const { body } = piece
    const request = { id: '', method: 'POST', path: '', headers, query, body, sourceIp: '' }
    const planned = plan({ request, route, sender, reader, receivedAt: now() }, { settings, newId })
    if (isProblem(planned)) {
      const hint = planned.status === 413 ? ' Fewer rows to a request: --rows.' : ''
      return {
        problem: `Nothing was sent. The request from row ${first} on would not be taken: ${planned.title}. ${planned.detail}${hint}`,
      }
    }
    const { read: accepted, refused } = planned.read.records
    const codes = new Map<string, number>()
    for (const { code } of refused) codes.set(code, (codes.get(code) ?? 0) + 1)
    const rows = accepted.length + refused.length
    ahead.push({ rows, refused: codes })
    first += rows
  }
  return ahead
}
