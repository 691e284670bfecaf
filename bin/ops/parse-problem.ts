/**
 * The problem that `parseArgs` found in a command line, as one sentence with a full stop. Node appends advice
 * to its messages, which is cut off; some of its messages lack the full stop.
 */
export function parseProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const [, option] = /^Option '([^']+)' argument is ambiguous/.exec(message) ?? []
  if (option !== undefined)
    return `${option} lacks its value; one that begins with a dash is written behind =, as in ${option}=-5.`
  const [sentence = ''] = message.split(/\.?(?:\n|$)|\. /)
  return `${sentence}.`
}
