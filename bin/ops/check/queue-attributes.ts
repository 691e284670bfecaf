/** Queue attributes by their names in SQS. */
export type QueueAttributes = Readonly<Record<string, string>>

/**
 * @returns the number of messages that can be received, are in flight, or wait for their first delivery. SQS
 * gives approximate numbers.
 */
export const countIn = (attributes: QueueAttributes): number =>
  [
    'ApproximateNumberOfMessages',
    'ApproximateNumberOfMessagesNotVisible',
    'ApproximateNumberOfMessagesDelayed',
  ].reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0)
