/** How long a message waits in a queue or a dead-letter queue before SQS deletes it: its maximum. */
export const RETENTION_DAYS = 14
