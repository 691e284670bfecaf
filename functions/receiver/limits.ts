/** The most bytes that a body may have after it is expanded. */
export const MAX_EXPANDED_BYTES = 16 * 1024 * 1024

/**
 * The most values that a body may hold, and the most different names. A new name costs far more memory than a
 * repeated one. The worst body within these limits was measured at 215 MB for the whole process, and at up to
 * 370 MB when Node has room to collect garbage later. The function has 512 MB.
 */
export const MAX_VALUES = 400_000
export const MAX_NAMES = 20_000

/**
 * The most rows in one request. Rows of a few bytes compress a thousandfold, so without this limit a small
 * request could cost a lot of memory and time.
 */
export const MAX_ROWS = 100_000

/**
 * Inherited values are repeated in each dead letter and must leave room for its rows. Braze does not accept
 * longer names either.
 */
export const MAX_INHERITED_CHARACTERS = 255

/**
 * Inherited values are also written into every row's record, so they count once per row: 100,000 rows may
 * inherit 83 characters.
 */
export const MAX_INHERITED_BYTES = 8 * 1024 * 1024

/**
 * The deepest nesting of a value. It is far deeper than Braze nests values, and far from the depth at which
 * writing JSON overflows the stack.
 */
export const MAX_DEPTH = 50

/**
 * API Gateway stops waiting for an answer 30 s after the request arrived, and a call to SQS that hangs takes
 * up to 12 s to fail. So no call starts later than this.
 */
export const ENQUEUE_WITHIN_MS = 15_000

/**
 * The messages of one lane are sent one after the other. SQS takes 10 to 20 ms for each; 50 ms leaves time
 * for a slow day and a few retries. A lane that needs more rounds would get a 503 every time the sender
 * retries.
 */
const ENQUEUE_ROUND_MS = 50
export const MAX_ROUNDS = ENQUEUE_WITHIN_MS / ENQUEUE_ROUND_MS
