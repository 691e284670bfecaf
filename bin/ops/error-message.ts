/**
 * The first line of the message of an error from AWS or Node, which contains no secret. The SDK adds further lines
 * for programmers to some messages.
 */
export const errorReason = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replace(/\n.*$/s, '')

/** The same, preceded by the name of the error, which for AWS says its kind. */
export const errorMessage = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${errorReason(error)}` : String(error)
