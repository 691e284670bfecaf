import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import type { LocalQueue } from './queues.ts'

/** Turns received messages into the event that Lambda's SQS event source passes to a function. */
export function toSqsEvent(messages: readonly Message[], queue: LocalQueue, awsRegion: string): SQSEvent {
  return {
    Records: messages.map((message) => ({
      messageId: message.MessageId ?? '',
      receiptHandle: message.ReceiptHandle ?? '',
      body: message.Body ?? '',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '0',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '0',
        ...message.Attributes,
      },
      messageAttributes: toMessageAttributes(message.MessageAttributes ?? {}),
      md5OfBody: message.MD5OfBody ?? '',
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion,
    })),
  }
}

function toMessageAttributes(
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): SQSRecord['messageAttributes'] {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { StringValue, BinaryValue, DataType = 'String' }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  )
}

/** Lambda accepts an empty answer, or an object whose list of failures may be missing. */
const BatchResponse = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullish()

/**
 * Selects the messages that can be deleted, by Lambda's rules for `ReportBatchItemFailures`. No answer and
 * an empty list mean all of them. A malformed list, or one with a message that was not in the batch, means
 * none.
 */
export function settledBy(answer: unknown, batch: readonly Message[]): Message[] {
  const parsed = BatchResponse.safeParse(answer)
  if (!parsed.success) return []
  const failed = new Set((parsed.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier))
  const inBatch = new Set(batch.map(({ MessageId }) => MessageId))
  if ([...failed].some((id) => !inBatch.has(id))) return []
  return batch.filter(({ MessageId }) => MessageId === undefined || !failed.has(MessageId))
}
