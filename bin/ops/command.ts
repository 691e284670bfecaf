import type { Io } from '../cli/io.ts'

export { FAILED, type Io, OK, WRONG_USAGE } from '../cli/io.ts'

/** A command of `npm run ops`. */
export type Command = {
  /** What the command does, as shown in the list of commands. */
  summary: string
  help: string
  /** @returns the exit code, what is wrong with the command line, or a request for the help text. */
  run: (io: Io) => Promise<number | { wrong: string } | 'help'>
}
