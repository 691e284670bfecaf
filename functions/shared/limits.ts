/** SQS's maximum. Every wait for Braze is a receive, so a low count would park messages for nothing but an outage. */
export const MAX_RECEIVE_COUNT = 1_000

/** The largest batch Lambda takes from a FIFO queue. */
export const BATCH_SIZE = 10
/** How long a message waits in a queue or a dead-letter queue before SQS deletes it: its maximum. */
export const RETENTION_DAYS = 14
/** The worker's time-out. */
export const WORKER_TIMEOUT_SECONDS = 60

/** How many times the worker's time-out a message stays hidden (AWS Lambda developer guide, "Using Lambda with SQS"). */
export const VISIBILITY_PER_TIMEOUT = 6

/** How long a message that was handed out stays hidden unless it is told otherwise. */
export const VISIBILITY_SECONDS = VISIBILITY_PER_TIMEOUT * WORKER_TIMEOUT_SECONDS

/** What is left of it when the last request to Braze may start: that request's time-out (8 s), and a call to SQS that hangs twice (6 s). */
export const SETTLE_SECONDS = 15

/** In which an invocation sends. */
export const SEND_WINDOW_SECONDS = WORKER_TIMEOUT_SECONDS - SETTLE_SECONDS
/**
 * How long an AWS client waits for an answer, in milliseconds, and how often it asks. The SDK's own default is to wait
 * without end: one connection that hangs would cost the whole invocation.
 */
export const CALL_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
}

/** The worker's, who has to settle in what is left of its time (see `send-window.ts`). */
export const HASTY_CALL_LIMITS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
}
