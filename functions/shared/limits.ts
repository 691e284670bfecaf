/**
 * SQS's maximum. Every wait for Braze ends in another receive, so a low count would move messages to the
 * dead-letter queue in a mere outage.
 */
export const MAX_RECEIVE_COUNT = 1_000

/** The largest batch Lambda takes from a FIFO queue. */
export const BATCH_SIZE = 10

/**
 * SQS deletes a message from a queue or a dead-letter queue after this time, which is the longest that it
 * allows.
 */
export const RETENTION_DAYS = 14
export const WORKER_TIMEOUT_SECONDS = 60

/**
 * The visibility timeout as a multiple of the worker's timeout (AWS Lambda developer guide, "Using Lambda
 * with SQS").
 */
export const VISIBILITY_PER_TIMEOUT = 6

/** How long a received message stays hidden unless the worker changes it. */
export const VISIBILITY_SECONDS = VISIBILITY_PER_TIMEOUT * WORKER_TIMEOUT_SECONDS

/**
 * The part of the worker's timeout that must be left when the last request to Braze starts: that request's
 * timeout (8 s) and a call to SQS that hangs twice (6 s).
 */
export const SETTLE_SECONDS = 15

/** The time budget for Braze requests in one invocation. */
export const SEND_WINDOW_SECONDS = WORKER_TIMEOUT_SECONDS - SETTLE_SECONDS

/**
 * How long an AWS client waits for an answer, in milliseconds, and how often it tries. By default the SDK
 * waits forever, so a single hanging connection would cost the whole invocation.
 */
export const CLIENT_TIMEOUTS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
}

/** For the worker, which must settle its messages in `SETTLE_SECONDS`, before it times out. */
export const WORKER_CLIENT_TIMEOUTS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
}

/**
 * How long a capture is kept: long enough to try out a new sender over some days, and no longer, because
 * captures hold what was sent.
 */
export const CAPTURES_RETENTION_DAYS = 7

/** A capture's size, in bytes. SQS accepts 1 MiB, including the message's attributes. */
export const MAX_CAPTURE_BYTES = 900_000

export const CAPTURE_VERSION = 1
