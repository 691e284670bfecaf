/** The message of an error from AWS or Node, which contains no secret. */
export const errorMessage = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)
