import { SendMessageBatchCommand, type SQSClient } from '@aws-sdk/client-sqs'

/** A message on its way into a queue. */
export type Outgoing = {
  queueUrl: string
  /** The queue keeps no order and takes neither a group nor a deduplication id: both go nowhere. */
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
 * Sends at most 10 messages of one queue, at most 1 MiB in sum.
 * @returns the messages that SQS did not take: SendMessageBatch answers 200 also when some or all failed.
 */
export type SendBatch = (batch: readonly Outgoing[]) => Promise<readonly Outgoing[]>

/** The SDK has already retried what can be retried, so a call that throws is a batch not taken. */
export function sqsSendBatch(sqs: SQSClient, onTrouble: (code: string) => void): SendBatch {
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
      )
      for (const { Code } of Failed) onTrouble(Code ?? 'unknown')
      const taken = new Set(Successful.map(({ Id }) => Id))
      return batch.filter((_, index) => !taken.has(String(index)))
    } catch (error) {
      onTrouble(error instanceof Error ? error.name : 'unknown')
      return batch
    }
  }
}
