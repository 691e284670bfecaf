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
