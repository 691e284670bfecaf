/**
 * The message of an error from AWS or Node, which contains no secret. The SDK adds further lines to some, for
 * programmers.
 */
export const errorReason = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replace(/\n.*$/s, '')

/** The same with the name of the error, which names its kind for AWS. */
export const errorMessage = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${errorReason(error)}` : String(error)
