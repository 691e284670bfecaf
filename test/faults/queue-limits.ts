import { Buffer } from 'node:buffer'
import type { Outgoing } from '../../functions/shared/queue.edge.ts'

/** A message as it is sent, to whichever queue. */
export type Entry = Omit<Outgoing, 'queueUrl'>

/** SQS's limits for one SendMessageBatch or ReceiveMessage, and for the bodies and attributes of one call in sum. */
export const MAX_MESSAGES_PER_CALL = 10
const MAX_CALL_BYTES = 1_048_576

/** Letters, digits and ASCII punctuation, for groups and deduplication ids. */
const ID = /^[!-~]{1,128}$/

/** XML's characters: everything but most control characters, lone surrogates and two more. */
const BODY = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u

/** @throws where SQS refuses a SendMessageBatch as a whole. */
export function checkCall(entries: readonly Entry[]): void {
  if (entries.length === 0) throw new Error('EmptyBatchRequest')
  if (entries.length > MAX_MESSAGES_PER_CALL) throw new Error('TooManyEntriesInBatchRequest')
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0)
  if (bytes > MAX_CALL_BYTES) throw new Error('BatchRequestTooLong')
}

/** @returns the code with which SQS refuses this entry of a batch alone, if it does. */
export function refusalOf({ group, dedupId, body }: Entry): string | undefined {
  if (!ID.test(group) || !ID.test(dedupId)) return 'InvalidParameterValue'
  if (!BODY.test(body)) return 'InvalidMessageContents'
  return undefined
}

/** An attribute counts with its name, its type, which is always String here, and its value. */
function bytesOf({ body, attributes = {} }: Entry): number {
  const parts = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value])
  return [body, ...parts].reduce((sum, part) => sum + Buffer.byteLength(part), 0)
}
