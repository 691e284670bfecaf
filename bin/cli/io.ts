import type { Paint } from './paint.ts'
import type { StartProgress } from './progress.ts'

/** A program's connections to the outside. */
export type Io = {
  argv: readonly string[]
  env: Record<string, string | undefined>
  out: (line: string) => void
  /** Receives error lines. */
  error: (line: string) => void
  paint: Paint
  /** The width of the terminal in characters; 80 if the output goes elsewhere. */
  columns: number
  startProgress: StartProgress
  /** Asks the user a question and returns the answer; absent if no person is at a terminal. */
  ask?: (question: string) => Promise<string>
  /** Aborted when the user or the system asks the program to stop. */
  stop: AbortSignal
}

/** A program of `bin/run.js`. It returns the exit code of the process. */
export type Main = (io: Io) => Promise<number>

/** The exit codes that all programs use. */
export const OK = 0
export const FAILED = 1
export const WRONG_USAGE = 2
/** With `--strict`: nothing failed, but something should be checked. */
export const WARNED = 3
