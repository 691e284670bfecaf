import type { Message, MessageAttributeValue } from '@aws-sdk/client-sqs'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import type { LocalQueue } from './queues.ts'

/** Received messages as Lambda's SQS event source hands them to a function. */
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

/** What Lambda takes as an answer: nothing at all, or a list that may be missing. */
const BatchResponse = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullish()

/**
 * Which messages a function's answer lets go, by Lambda's rules for `ReportBatchItemFailures`: no answer and an empty
 * list mean all of them; a list that names a message that was not in the batch, or is malformed, means none.
 */
export function settledBy(answer: unknown, batch: readonly Message[]): Message[] {
  const parsed = BatchResponse.safeParse(answer)
  if (!parsed.success) return []
  const failed = new Set((parsed.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier))
  const inBatch = new Set(batch.map(({ MessageId }) => MessageId))
  if ([...failed].some((id) => !inBatch.has(id))) return []
  return batch.filter(({ MessageId }) => MessageId === undefined || !failed.has(MessageId))
}
