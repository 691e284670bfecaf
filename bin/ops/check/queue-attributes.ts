/** By their names in SQS. */
export type QueueAttributes = Readonly<Record<string, string>>

/** Messages that can be received, that somebody has, and that wait for their first receive. SQS knows it roughly. */
export const countIn = (attributes: QueueAttributes): number =>
  [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ].reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0)
