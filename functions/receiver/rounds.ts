/**
 * API Gateway gives up on an answer 30 s after the request came, and a call to SQS that hangs takes up to 12 s to fail.
 */
export const ENQUEUE_WITHIN_MS = 15_000

/**
 * Messages of one lane go out one after the other. SQS takes 10 to 20 ms for each; with 50 there is time for a slow day
 * and a few repetitions. A lane that needs more rounds would be a 503 each time the sender comes again.
 */
const ENQUEUE_ROUND_MS = 50
const MAX_ROUNDS = ENQUEUE_WITHIN_MS / ENQUEUE_ROUND_MS

/** Whether a lane has more messages than can be sent while the sender waits for its answer. */
export const takesTooLong = (lanes: readonly (readonly unknown[])[]) =>
  lanes.some((lane) => lane.length > MAX_ROUNDS)
