import type { QueueName } from '../shared/record.ts'

/** One SQS message as handed to this invocation, before its body is read. */
export type Handed = {
  messageId: string
  receiptHandle: string
  queue: QueueName
  /** The message group id. */
  lane: string
  /** ApproximateReceiveCount: 1 when it is handed out for the first time. */
  receives: number
  /** When SQS handed it out for the first time, in milliseconds since the epoch. */
  firstReceivedAt: number
  body: string
}
