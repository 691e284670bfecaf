import { randomUUID } from 'node:crypto'
import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { MAX_BATCH_ENTRIES } from '../../shared/queue.edge.ts'
import type { QueueName } from '../../shared/record.ts'
import type { ReceivedMessage, WorkerDeps } from '../invocation.ts'

type BatchResult = { Failed?: { Id: string | undefined; Code: string | undefined }[] | undefined }

/**
 * Receives, deletes and hides messages. All are best effort: a message that is not hidden comes back after the
 * queue's own visibility timeout, and so does one that SQS handed out in an answer that was lost.
 * @param callMs a call is aborted after this, in milliseconds. Calls run in parallel, so all messages together
 * take no longer.
 */
export function sqsQueue(
  sqs: SQSClient,
  queueUrls: { readonly [queue in QueueName]: string },
  onTrouble: (code: string) => void,
  callMs: number,
): Pick<WorkerDeps, 'receive' | 'remove' | 'hide'> {
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
    receive: async (queue, atMost) => {
      const command = new ReceiveMessageCommand({
        QueueUrl: queueUrls[queue],
        MaxNumberOfMessages: atMost,
        WaitTimeSeconds: 0,
        MessageSystemAttributeNames: [...SYSTEM_ATTRIBUTES],
        // With it, a second attempt of the SDK gets the messages of the first, whose answer was lost.
        ReceiveRequestAttemptId: randomUUID(),
      })
      try {
        const { Messages = [] } = await sqs.send(command, { abortSignal: AbortSignal.timeout(callMs) })
        return Messages.map(({ MessageId = '', ReceiptHandle = '', Body = '', Attributes = {} }) =>
          toReceivedMessage(queue, MessageId, ReceiptHandle, Body, Attributes),
        )
      } catch (error) {
        onTrouble(error instanceof Error ? error.name : 'unknown')
        return []
      }
    },
    remove: (messages) =>
      inBatches(messages, (batch) =>
        attempt(batch, (QueueUrl, options) =>
          sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries: batch.map(entry) }), options),
        ),
      ),
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

const SYSTEM_ATTRIBUTES = [
  'MessageGroupId',
  'ApproximateReceiveCount',
  'ApproximateFirstReceiveTimestamp',
  'SentTimestamp',
] as const

/** A message as SQS or Lambda hands it out, with the system attributes of the receive. */
export const toReceivedMessage = (
  queue: QueueName,
  messageId: string,
  receiptHandle: string,
  body: string,
  attributes: { [name in (typeof SYSTEM_ATTRIBUTES)[number]]?: string | undefined },
): ReceivedMessage => ({
  messageId,
  receiptHandle,
  queue,
  lane: attributes.MessageGroupId ?? messageId,
  receives: Number(attributes.ApproximateReceiveCount),
  firstReceivedAt: Number(attributes.ApproximateFirstReceiveTimestamp),
  sentAt: Number(attributes.SentTimestamp),
  body,
})

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
