/** A call to SQS in the same region, in milliseconds. */
export const SQS_MS = 5

/** What Lambda takes from a receive to the function's first line, in milliseconds. */
export const INVOKE_MS = 10
