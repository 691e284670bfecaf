import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { MAX_BATCH_ENTRIES } from '../../shared/queue.edge.ts'
import type { QueueName } from '../../shared/record.ts'
import type { ReceivedMessage, WorkerDeps } from '../invocation.ts'

type BatchResult = { Failed?: { Id: string | undefined; Code: string | undefined }[] | undefined }

/**
 * Deletes and hides messages. Both are best effort: a message that is not deleted here is deleted by Lambda
 * at the end of the invocation, and one that is not hidden comes back after the queue's own visibility
 * timeout.
 * @param callMs a call is aborted after this, in milliseconds. Calls run in parallel, so all messages together
 * take no longer.
 */
export function sqsQueue(
  sqs: SQSClient,
  queueUrls: { readonly [queue in QueueName]: string },
  onTrouble: (code: string) => void,
  callMs: number,
): Pick<WorkerDeps, 'remove' | 'hide'> {
  /** @returns the messages for which the call failed. */
  async function attempt(
    messages: readonly ReceivedMessage[],
    act: (QueueUrl: string, options: { abortSignal: AbortSignal }) => Promise<BatchResult>,
  ): Promise<readonly ReceivedMessage[]> {
    const [first] = messages
    if (!first) return []
    try {
      const { Failed = [] } = await act(queueUrls[first.queue], { abortSignal: AbortSignal.timeout(callMs) })
      for (const { Code } of Failed) onTrouble(Code ?? 'unknown')
      const ids = new Set(Failed.map(({ Id }) => Id))
      return messages.filter((_message, index) => ids.has(String(index)))
    } catch (error) {
      onTrouble(error instanceof Error ? error.name : 'unknown')
      return messages
    }
  }

  return {
    remove: async (messages) => {
      await inBatches(messages, (batch) =>
        attempt(batch, (QueueUrl, options) =>
          sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: batch.map(entry) }), options),
        ),
      )
    },
    hide: (entries) =>
      inBatches(entries, (batch) =>
        attempt(
          batch.map(({ message }) => message),
          (QueueUrl, options) =>
            sqs.send(
              new ChangeMessageVisibilityBatchCommand({
                QueueUrl,
                Entries: batch.map(({ message, seconds }, index) => ({
                  ...entry(message, index),
                  VisibilityTimeout: seconds,
                })),
              }),
              options,
            ),
        ),
      ),
  }
}

const entry = ({ receiptHandle }: ReceivedMessage, index: number) => ({
  Id: String(index),
  ReceiptHandle: receiptHandle,
})

async function inBatches<T>(
  entries: readonly T[],
  act: (batch: readonly T[]) => Promise<readonly ReceivedMessage[]>,
): Promise<readonly ReceivedMessage[]> {
  const batches: T[][] = []
  for (let start = 0; start < entries.length; start += MAX_BATCH_ENTRIES)
    batches.push(entries.slice(start, start + MAX_BATCH_ENTRIES))
  return (await Promise.all(batches.map(act))).flat()
}
