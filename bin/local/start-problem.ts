/**
 * Why the local run cannot start, as a sentence for the user. They can fix it themselves, so it is not a bug.
 */
export class StartProblem extends Error {
  override readonly name = 'StartProblem'
}

const HIGHEST_PORT = 65_535

/**
 * Explains Node's errors for a port that is not available.
 * @param command the command that was typed to start this, for the advice.
 * @returns a StartProblem, or `error` itself if it has another cause.
 */
export function portProblem(error: unknown, port: number, command: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EADDRINUSE')
    return new StartProblem(
      `Port ${port} is in use, perhaps by an earlier start. Stop that one, or set PORT, as in PORT=${port < HIGHEST_PORT ? port + 1 : port - 1} ${command}.`,
    )
  if (code === 'EACCES')
    return new StartProblem(`Port ${port} may not be used here. Set PORT to one above 1023.`)
  return error
}

export const unreadableState = (stateDir: string, cause: unknown) =>
  new StartProblem(
    `The state in ${stateDir} can't be read: ${cause instanceof Error ? cause.message : cause}. Set STATE_DIR to another folder, or move this one away; what waits in it is not delivered then.`,
    { cause },
  )
