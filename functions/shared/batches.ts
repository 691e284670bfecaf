import type { Outgoing } from './queue.ts'

/** SendMessageBatch's limits (SQS developer guide, "Quotas"); the sum counts bodies and attributes. */
const MAX_BATCH_ENTRIES = 10
const MAX_BATCH_BYTES = 1_048_576

/** Bodies and attributes are ASCII, so characters are bytes. */
const bytesOf = ({ body, attributes = {} }: Outgoing) =>
  Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + name.length + value.length + 'String'.length,
    body.length,
  )

/** Cuts messages, kept in their order, into batches that one SendMessageBatch takes: one queue, ≤ 10, ≤ 1 MiB. */
export function toBatches(messages: readonly Outgoing[]): Outgoing[][] {
  const batches: Outgoing[][] = []
  const open = new Map<string, { batch: Outgoing[]; bytes: number }>()
  for (const message of messages) {
    const bytes = bytesOf(message)
    const current = open.get(message.queueUrl)
    if (current && current.batch.length < MAX_BATCH_ENTRIES && current.bytes + bytes <= MAX_BATCH_BYTES) {
      current.batch.push(message)
      current.bytes += bytes
    } else {
      const batch = [message]
      batches.push(batch)
      open.set(message.queueUrl, { batch, bytes })
    }
  }
  return batches
}
