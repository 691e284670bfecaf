/**
 * What `parseArgs` has against a command line, as a sentence of its own: Node's words without the advice behind them,
 * some of which end without a full stop.
 */
export function parseProblem(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  const [, option] = /^Option '([^']+)' argument is ambiguous/.exec(message) ?? []
  if (option !== undefined)
    return `${option} lacks its value; one that begins with a dash is written behind =, as in ${option}=-5.`
  const [sentence = ''] = message.split(/\.?(?:\n|$)|\. /)
  return `${sentence}.`
}
