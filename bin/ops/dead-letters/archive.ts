import type { ReceivedDeadLetter } from '../redrive/dead-letter.ts'

/** A file that appears under its name only when it is complete. */
export type Archive = {
  write: (line: string) => void
  /** Publishes the complete file under its name. */
  finish: () => void
  /** Deletes what was written so far. */
  discard: () => void
}

/** A dead letter as a line of JSON, without loss: the body is the exact text from SQS. */
export const archiveLine = ({ queue, messageId, sentAt, attributes, body }: ReceivedDeadLetter) =>
  JSON.stringify({ queue, messageId, sentAt: new Date(sentAt).toISOString(), attributes, body })
