import type { StartProgress } from './progress.ts'

export type Io = {
  argv: readonly string[]
  env: Record<string, string | undefined>
  out: (line: string) => void
  /** Gets what went wrong. */
  error: (line: string) => void
  startProgress: StartProgress
  /** Aborted when the person or the system wants an end. */
  stop: AbortSignal
}

/** One of `npm run ops`'s commands. */
export type Command = {
  /** What it does, in the list of the commands. */
  summary: string
  help: string
  /** @returns the process's exit code; or what is wrong with the command line; or that its help is asked for. */
  run: (io: Io) => Promise<number | { wrong: string } | 'help'>
}

/** Exit codes of all commands. */
export const OK = 0
export const FAILED = 1
export const WRONG_USAGE = 2
