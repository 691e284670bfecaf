/** The duration of a call to SQS in the same region, in milliseconds. */
export const SQS_MS = 5

/** The time from a receive to the first line of the function, in milliseconds. */
export const INVOKE_MS = 10
