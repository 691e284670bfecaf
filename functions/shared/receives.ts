/** SQS's maximum. Every wait for Braze is a receive, so a low count would park messages for nothing but an outage. */
export const MAX_RECEIVE_COUNT = 1_000

/** The largest batch Lambda takes from a FIFO queue. */
export const BATCH_SIZE = 10
