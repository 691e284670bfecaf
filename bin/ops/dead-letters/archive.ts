import type { ReceivedDeadLetter } from '../redrive/dead-letter.ts'

/** A file that is there as a whole or not at all. */
export type Archive = {
  write: (line: string) => void
  /** Gives it its name. */
  finish: () => void
  /** Leaves nothing behind. */
  discard: () => void
}

/** A letter as a line of JSON, with nothing lost: the body is the text that SQS had. */
export const archiveLine = ({ queue, messageId, sentAt, attributes, body }: ReceivedDeadLetter) =>
  JSON.stringify({ queue, messageId, sentAt: new Date(sentAt).toISOString(), attributes, body })
