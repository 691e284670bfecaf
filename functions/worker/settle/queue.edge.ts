import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { QueueName } from '../../shared/record.ts'
import type { ReceivedMessage, WorkerDeps } from '../invocation.ts'

/**
 * Deletes and hides messages. Both are best effort: a message that is not deleted here is deleted by Lambda
 * at the end of the invocation, and one that is not hidden comes back after the queue's own visibility
 * timeout.
 */
export function sqsQueue(
  sqs: SQSClient,
  queueUrls: { readonly [queue in QueueName]: string },
  onTrouble: (code: string) => void,
): Pick<WorkerDeps, 'remove' | 'hide'> {
  const entries = (messages: readonly ReceivedMessage[]) =>
    messages.map(({ receiptHandle }, index) => ({ Id: String(index), ReceiptHandle: receiptHandle }))

  /** @returns the messages for which the call failed. */
  async function attempt(
    messages: readonly ReceivedMessage[],
    act: (
      QueueUrl: string,
    ) => Promise<{ Failed?: { Id: string | undefined; Code: string | undefined }[] | undefined }>,
  ): Promise<readonly ReceivedMessage[]> {
    const [first] = messages
    if (!first) return []
    try {
      const { Failed = [] } = await act(queueUrls[first.queue])
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
      await attempt(messages, (QueueUrl) =>
        sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: entries(messages) })),
      )
    },
    hide: (messages, VisibilityTimeout) =>
      attempt(messages, (QueueUrl) =>
        sqs.send(
          new ChangeMessageVisibilityBatchCommand({
            QueueUrl,
            Entries: entries(messages).map((entry) => ({ ...entry, VisibilityTimeout })),
          }),
        ),
      ),
  }
}
