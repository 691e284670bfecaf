/**
 * Logs and metrics hold codes, counts, times, and ids that we or AWS made. Of a sender's ids they hold only
 * those of audiences and runs. They hold no identifier of a person, no value, no secret and no text of an
 * answer, because Braze can echo the key.
 */
export type LogFields = Record<string, LogValue | readonly Readonly<Record<string, LogValue | undefined>>[]>
type LogValue = string | number | boolean | readonly string[] | Readonly<Record<string, number>>

export type Log = {
  info: (message: string, fields?: LogFields) => void
  warn: (message: string, fields?: LogFields) => void
  error: (message: string, fields?: LogFields) => void
}

/**
 * The message of the worker's log line for one invocation. The line lists the messages that the invocation
 * finished: at most ten, because SQS hands out no more at once.
 */
export const WORKED = 'worked'

/**
 * Returns an error's name and the lines of its stack, without its message, which may quote what was sent.
 */
export function traceOf(error: unknown): { error: string; trace: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, trace: [] }
  const places = (error.stack ?? '').replace(error.message, '').split('\n')
  return { error: error.name, trace: places.filter((line) => PLACE.test(line)).map((line) => line.trim()) }
}

/** Matches a line of a stack that names a file, line and column. */
const PLACE = /^ +at .*:\d+:\d+\)?$/
