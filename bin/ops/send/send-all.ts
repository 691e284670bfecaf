import { cachedColumnResolver } from '../../../functions/receiver/columns.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { cut, type RequestLimits } from '../sent-file/cut.ts'
import { type PostDeps, type PostResult, postWithRetries } from './post.ts'
import type { RequestPreview } from './preview.ts'

/** How much of a file the bridge has received. */
export type SendProgress = {
  /** Rows of requests that were answered, whatever the answer. */
  rows: number
  accepted: number
  /** Numbers of rows that the receiver parked, by the codes that this version determines. */
  rejected: number
  rejectedByCode: Map<string, number>
  /** The connection only captures requests; nothing is delivered. */
  captured: boolean
  /** The first row that was not sent or whose outcome is unknown, and the reason. */
  ended?: { row: number; kind: 'refused' | 'unsure' | 'stopped'; reason: string }
}

/**
 * Sends one request after the other, each only when the previous one was accepted, so that the rows stay in
 * order.
 */
export async function sendAll(
  read: () => AsyncIterable<Buffer>,
  previews: readonly RequestPreview[],
  connection: Connection,
  { limits, key }: { limits: RequestLimits; key: string },
  onPosted: (posted: PostResult, sending: SendProgress) => Promise<void>,
  deps: PostDeps,
): Promise<SendProgress> {
  const sending: SendProgress = {
    rows: 0,
    accepted: 0,
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
      return { ...sending, ended: { row, kind: 'refused', reason: 'The file has changed meanwhile.' } }
    if (deps.stop.aborted) return { ...sending, ended: { row, kind: 'stopped', reason: '' } }
    const posted = await postWithRetries(part.body, `${key}-${number}`, deps)
    number += 1
    if (posted.kind === 'taken') {
      sending.rows += preview.rows
      sending.accepted += posted.accepted
      sending.rejected += posted.rejected
      sending.captured ||= posted.captured
    } else if (posted.kind === 'refused') sending.rejected += posted.parked
    if (posted.kind !== 'unsure') addCodes(sending.rejectedByCode, posted, preview)
    await onPosted(posted, sending)
    if (posted.kind !== 'taken') return { ...sending, ended: { row, ...posted } }
  }
  return sending
}

/**
 * An answer lists only the first codes. The receiver's code in this version determines all of them, if it
 * reads the rows the same way.
 */
function addCodes(sum: Map<string, number>, posted: PostResult, { rejectedByCode }: RequestPreview): void {
  const parked = posted.kind === 'taken' ? posted.rejected : posted.kind === 'refused' ? posted.parked : 0
  const known = [...rejectedByCode.values()].reduce((all, count) => all + count, 0)
  const codes = known === parked ? rejectedByCode : new Map(parked > 0 ? [[OTHER, parked]] : [])
  for (const [code, count] of codes) sum.set(code, (sum.get(code) ?? 0) + count)
}

/** Label for rows that the deployed version or its settings read differently. */
const OTHER = '(the bridge reads these rows otherwise than this version)'
