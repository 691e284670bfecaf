import type { StartProgress } from './progress.ts'

export type Io = {
  argv: readonly string[]
  env: Record<string, string | undefined>
  out: (line: string) => void
  /** Receives error lines. */
  error: (line: string) => void
  startProgress: StartProgress
  /** Aborted when the operator or the system asks the command to stop. */
  stop: AbortSignal
}

/** A command of `npm run ops`. */
export type Command = {
  /** What the command does, as shown in the list of commands. */
  summary: string
  help: string
  /** @returns the exit code, what is wrong with the command line, or a request for the help text. */
  run: (io: Io) => Promise<number | { wrong: string } | 'help'>
}

/** The exit codes that all commands use. */
export const OK = 0
export const FAILED = 1
export const WRONG_USAGE = 2
