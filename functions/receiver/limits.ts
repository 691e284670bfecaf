/** What a compressed body may grow to. */
export const MAX_EXPANDED_BYTES = 16 * 1024 * 1024

/**
 * How many values a body may hold, and how many different names for them, which cost far more than the same names
 * again. The worst within these bounds was measured to need 215 MB in the whole process, and to take up to 370 where
 * Node has room to leave its garbage lying; the function has 512.
 */
export const MAX_VALUES = 400_000
export const MAX_NAMES = 20_000

/** What one request may hold: bounds memory and time, since rows of a few bytes compress a thousandfold. */
export const MAX_ROWS = 100_000

/** What is inherited stands in each letter beside its rows and must leave them room; Braze takes no longer names either. */
export const MAX_INHERITED_CHARACTERS = 255

/** It is written into every row's record too, so it counts once for each: 83 characters for 100,000 rows. */
export const MAX_INHERITED_BYTES = 8 * 1024 * 1024

/** Far beyond what Braze nests, and far below where writing JSON runs out of stack. */
export const MAX_DEPTH = 50

/**
 * API Gateway gives up on an answer 30 s after the request came, and a call to SQS that hangs takes up to 12 s to fail.
 */
export const ENQUEUE_WITHIN_MS = 15_000

/**
 * Messages of one lane go out one after the other. SQS takes 10 to 20 ms for each; with 50 there is time for a slow day
 * and a few repetitions. A lane that needs more rounds would be a 503 each time the sender comes again.
 */
const ENQUEUE_ROUND_MS = 50
export const MAX_ROUNDS = ENQUEUE_WITHIN_MS / ENQUEUE_ROUND_MS
