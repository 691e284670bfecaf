import { randomUUID } from 'node:crypto'
import type { ReceivedMessage } from '../../functions/worker/invocation.ts'

const HOUR_MS = 3_600_000

/** A batch as Lambda's event source mapping passes it to the worker for the first time. */
export function toFirstReceiveEvent(batch: readonly ReceivedMessage[]) {
  return {
    Records: batch.map(({ receiptHandle, queue, lane, body }) => ({
      // A UUID is as long as a message id of SQS.
      messageId: randomUUID(),
      receiptHandle,
      body,
      attributes: {
        ApproximateReceiveCount: '1',
        // This time is in the future, so that the message never counts as too old.
        ApproximateFirstReceiveTimestamp: String(Date.now() + HOUR_MS),
        SentTimestamp: '0',
        SenderId: '',
        MessageGroupId: lane,
      },
      messageAttributes: {},
      md5OfBody: '',
      eventSource: 'aws:sqs',
      eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queue}.fifo`,
      awsRegion: 'us-east-1',
    })),
  }
}
