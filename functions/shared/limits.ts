/**
 * SQS's maximum. Every wait for Braze ends in another receive, so a low count would move messages to the
 * dead-letter queue in a mere outage.
 */
export const MAX_RECEIVE_COUNT = 1_000

/** The largest batch that Lambda takes from a FIFO queue (AWS Lambda developer guide, "Using Lambda with SQS"). */
export const MAX_BATCH_SIZE = 10

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

/** In milliseconds. How long the worker waits for the whole answer to a request to /users/track. */
export const TRACK_TIMEOUT_MS = 8_000

/** In milliseconds. The pause before the second attempt of an AWS client, which the SDK draws at random. */
const RETRY_PAUSE_MS = 500

type ClientTimeouts = { maxAttempts: number; requestHandler: { requestTimeout: number } }

const callMs = ({ maxAttempts, requestHandler }: ClientTimeouts) =>
  maxAttempts * requestHandler.requestTimeout + RETRY_PAUSE_MS

/**
 * How long an AWS client waits for an answer to begin, in milliseconds, and how often it tries. By default the
 * SDK waits forever, so a single hanging connection would cost the whole invocation.
 */
export const CLIENT_TIMEOUTS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 5_000, throwOnRequestTimeout: true },
}

/**
 * In milliseconds. A call is aborted after this, all attempts included. The client's own timeouts end when an
 * answer begins, so they do not cover one that stops in the middle.
 */
export const CALL_MS = callMs(CLIENT_TIMEOUTS)

/** For the worker, which must settle its messages in `SETTLE_SECONDS`, before it times out. */
export const WORKER_CLIENT_TIMEOUTS = {
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
}

/** In milliseconds: `CALL_MS` for the worker. */
export const WORKER_CALL_MS = callMs(WORKER_CLIENT_TIMEOUTS)

/** In milliseconds. Allowed for what the worker computes between its last calls, and again for what follows them. */
const COMPUTING_MS = 1_000

/** In milliseconds after the last moment at which a request to Braze may start: no dead letter is sent later. */
export const PARK_UNTIL_MS = TRACK_TIMEOUT_MS + COMPUTING_MS

/** In milliseconds after that moment: no message is hidden later. */
export const HIDE_UNTIL_MS = PARK_UNTIL_MS + WORKER_CALL_MS

/**
 * The part of the worker's timeout that must be left when the last request to Braze starts. Even if each call
 * takes as long as it may, that request, the parking of what Braze rejected in it, the hiding of what goes
 * back and the log lines fit into it. Nothing starts in it that could end after the function.
 */
export const SETTLE_SECONDS = (HIDE_UNTIL_MS + WORKER_CALL_MS + COMPUTING_MS) / 1_000

/** The time budget for Braze requests in one invocation. */
export const SEND_WINDOW_SECONDS = WORKER_TIMEOUT_SECONDS - SETTLE_SECONDS

/**
 * How long a capture is kept: long enough to try out a new sender over some days, and no longer, because
 * captures hold what was sent.
 */
export const CAPTURES_RETENTION_DAYS = 7

/** A capture's size, in bytes. SQS accepts 1 MiB, including the message's attributes. */
export const MAX_CAPTURE_BYTES = 900_000

export const CAPTURE_VERSION = 1

/**
 * The most objects that a request to /users/track may hold. The limit counts the objects of all three arrays
 * together, which also satisfies Braze's older one of 75 per array (Braze's docs, "User track", "Rate limit").
 * Some contracts allow fewer, so a stage can lower it.
 */
export const MAX_OBJECTS_PER_REQUEST = 75

/**
 * The timeout of the receiver and the exporter. An HTTP API stops waiting for its function after 30 s (API Gateway
 * developer guide, "Quotas").
 */
export const HTTP_TIMEOUT_SECONDS = 29

/**
 * For this long, counted from the first message that it accepts, SQS drops messages of the same group with the same
 * deduplication id (SQS developer guide, "Exactly-once processing in Amazon SQS"). Repetitions do not extend it.
 */
export const DEDUPLICATION_SECONDS = 300

/** A signature's time may be this far in the future, because the sender's clock may be ahead of ours. */
export const CLOCK_AHEAD_SECONDS = 30

/**
 * A signature's time may be this far in the past at most; a connection can lower it. Whoever records a signed
 * request can send it again for as long as its signature is valid, and SQS must recognise all of these
 * repetitions. In the worst case, a request is first accepted when its time is still `CLOCK_AHEAD_SECONDS` in
 * the future, and is sent again when its time is `MAX_TOLERANCE_SECONDS` in the past, and its last message is
 * stored just before the receiver times out. That is 30 + 240 + 29 = 299 seconds after the first message, so SQS
 * still recognises it.
 */
export const MAX_TOLERANCE_SECONDS = 240
