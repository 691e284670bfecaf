import { hash } from 'node:crypto'
import type { BridgeRequest } from '../shared/request.ts'

/** The key by which a sender marks its repetitions of a request: one header or the other is common. */
export const senderKeyOf = (headers: BridgeRequest['headers']): string | undefined =>
  headers['idempotency-key']?.trim() || headers['webhook-id']?.trim() || undefined

/**
 * The SQS deduplication id of a message: equal for a repetition of the request within SQS's five minutes, and for
 * nothing else. Two messages of one request can hold the same records, so their place in the lane counts too. What
 * tells no repetition from a second occurrence (join, leave, join are three) gets an id that is never seen again.
 */
export function dedupIdOf(message: {
  connection: string
  senderKey: string | undefined
  lane: string
  /** The message's place among those of its lane in this request, from 0. */
  ordinal: number
  recordsJson: readonly string[]
  /** All of its records are events with an id or a time of their own. */
  recognisable: boolean
  newId: () => string
}): string {
  const { connection, senderKey, lane, ordinal, recordsJson, recognisable, newId } = message
  if (senderKey === undefined && !recognisable) return newId()
  const place = JSON.stringify([connection, senderKey ?? null, lane, ordinal])
  return hash('sha256', [place, ...recordsJson].join('\n'))
}
