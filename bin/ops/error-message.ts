/** An error in the words of AWS or Node, which hold no secret. */
export const errorMessage = (error: unknown) =>
  error instanceof Error ? `${error.name}: ${error.message}` : String(error)
