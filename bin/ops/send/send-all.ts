import { keptColumns } from '../../../functions/receiver/columns.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { cut, type RequestLimits } from '../sent-file/cut.ts'
import type { Ahead } from './look-ahead.ts'
import { type PostDeps, type Posted, postUntilAnswered } from './post.ts'

/** How far a file has come on its way into the bridge. */
export type Sending = {
  /** Rows of requests that were answered, whatever with. */
  rows: number
  accepted: number
  /** Rows that the receiver parked, by code as this version reads them. */
  rejected: number
  refused: Map<string, number>
  /** The connection only captures: nothing is delivered. */
  captured: boolean
  /** The first row that was not sent, or of which nobody knows, and why. */
  ended?: { row: number; kind: 'refused' | 'unsure' | 'stopped'; words: string }
}

/** Sends one request after the other, each only when the one before was taken: so the rows stay in their order. */
export async function sendAll(
  read: () => AsyncIterable<Buffer>,
  ahead: readonly Ahead[],
  connection: Connection,
  { limits, key }: { limits: RequestLimits; key: string },
  onPosted: (posted: Posted, sending: Sending) => Promise<void>,
  deps: PostDeps,
): Promise<Sending> {
  const sending: Sending = { rows: 0, accepted: 0, rejected: 0, refused: new Map(), captured: false }
  const firstRow = limits.skip ?? 0
  let number = 0
  for await (const piece of cut(read(), limits, keptColumns(connection))) {
    const row = firstRow + sending.rows
    const what = ahead[number]
    if ('problem' in piece || !what)
      return { ...sending, ended: { row, kind: 'refused', words: 'The file has changed meanwhile.' } }
    if (deps.stop.aborted) return { ...sending, ended: { row, kind: 'stopped', words: '' } }
    const posted = await postUntilAnswered(piece.body, `${key}-${number}`, deps)
    number += 1
    if (posted.kind === 'taken') {
      sending.rows += what.rows
      sending.accepted += posted.accepted
      sending.rejected += posted.rejected
      sending.captured ||= posted.captured
    } else if (posted.kind === 'refused') sending.rejected += posted.parked
    if (posted.kind !== 'unsure') addCodes(sending.refused, posted, what)
    await onPosted(posted, sending)
    if (posted.kind !== 'taken') return { ...sending, ended: { row, ...posted } }
  }
  return sending
}

/** An answer names the first codes only; the receiver's code of this version names all, where it reads the same. */
function addCodes(sum: Map<string, number>, posted: Posted, { refused }: Ahead): void {
  const parked = posted.kind === 'taken' ? posted.rejected : posted.kind === 'refused' ? posted.parked : 0
  const known = [...refused.values()].reduce((all, count) => all + count, 0)
  const codes = known === parked ? refused : new Map(parked > 0 ? [[OTHER, parked]] : [])
  for (const [code, count] of codes) sum.set(code, (sum.get(code) ?? 0) + count)
}

/** Of rows that the deployed version, or its settings, read otherwise. */
const OTHER = '(the bridge reads these rows otherwise than this version)'
