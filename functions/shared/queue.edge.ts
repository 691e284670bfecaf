import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'
import { CALL_MS } from './limits.ts'

/** A message on its way into a queue. */
export type OutgoingMessage = {
  queueUrl: string
  /**
   * Set for a queue that keeps no order and takes neither a group nor a deduplication id. Both are ignored.
   */
  unordered?: true
  /** SQS message group id. */
  group: string
  dedupId: string
  /** ASCII. */
  body: string
  /** Shown beside the message in the SQS console; never personal data. */
  attributes?: Record<string, string>
}

/**
 * Sends at most 10 messages to one queue, at most 1 MiB in total.
 * @returns the messages that SQS did not accept. SendMessageBatch answers 200 even if some or all of them
 * failed.
 */
export type SendBatch = (batch: readonly OutgoingMessage[]) => Promise<readonly OutgoingMessage[]>

/**
 * The SDK has already retried what can be retried, so a call that throws means that the whole batch was not
 * accepted.
 * @param callMs a call is aborted after this, in milliseconds.
 */
export function sqsSendBatch(sqs: SQSClient, onError: (code: string) => void, callMs = CALL_MS): SendBatch {
  return async (batch) => {
    const [first] = batch
    if (!first) return []
    const Entries = batch.map((message, index) => ({
      Id: String(index),
      ...(!message.unordered && {
        MessageGroupId: message.group,
        MessageDeduplicationId: message.dedupId,
      }),
      MessageBody: message.body,
      MessageAttributes: Object.fromEntries(
        Object.entries(message.attributes ?? {}).map(([name, StringValue]) => [
          name,
          { DataType: 'String', StringValue },
        ]),
      ),
    }))
    try {
      const { Successful = [], Failed = [] } = await sqs.send(
        new SendMessageBatchCommand({ QueueUrl: first.queueUrl, Entries }),
        { abortSignal: AbortSignal.timeout(callMs) },
      )
      for (const { Code } of Failed) onError(Code ?? 'unknown')
      const taken = new Set(Successful.map(({ Id }) => Id))
      return batch.filter((_, index) => !taken.has(String(index)))
    } catch (error) {
      onError(error instanceof Error ? error.name : 'unknown')
      return batch
    }
  }
}

/**
 * SendMessageBatch's limits (SQS developer guide, "Quotas"). The number of bytes covers bodies and
 * attributes.
 */
export const MAX_BATCH_ENTRIES = 10
const MAX_BATCH_BYTES = 1_048_576

/** Bodies and attributes are ASCII, so characters are bytes. */
const bytesOf = ({ body, attributes = {} }: OutgoingMessage) =>
  Object.entries(attributes).reduce(
    (sum, [name, value]) => sum + name.length + value.length + 'String'.length,
    body.length,
  )

/**
 * Splits messages, in order, into batches for SendMessageBatch: one queue, at most 10 messages and 1 MiB per
 * batch.
 */
export function toBatches(messages: readonly OutgoingMessage[]): OutgoingMessage[][] {
  const batches: OutgoingMessage[][] = []
  const open = new Map<string, { batch: OutgoingMessage[]; bytes: number }>()
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
