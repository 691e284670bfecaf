import * as z from 'zod'

/**
 * Logs and metrics hold codes, counts, times, ids that we or AWS made, and of a sender's ids those of audiences and
 * runs: no identifier of a person, no value, no secret, and nothing of an answer's text, since Braze can echo the key.
 */
export type Fields = Record<
  string,
  string | number | boolean | readonly string[] | Record<string, number> | readonly FinishedMessage[]
>
export type Log = {
  info: (message: string, fields?: Fields) => void
  warn: (message: string, fields?: Fields) => void
  error: (message: string, fields?: Fields) => void
}

/** The worker's log line of one invocation, with the messages that it finished: at most ten, as SQS hands them out. */
export const WORKED = 'worked'

const count = z.int().nonnegative()

/** What became of the records of one message, from which a sender can be told how far a request has come. */
export const FinishedMessage = z.object({
  /** The one under which they were accepted. */
  requestId: z.string(),
  /** SQS's: a message that is finished twice must not count twice. */
  messageId: z.string(),
  delivered: count,
  parked: count,
  /** Why, of those that this invocation parked. */
  codes: z.record(z.string(), count).optional(),
})
export type FinishedMessage = z.infer<typeof FinishedMessage>

export const FinishedLine = z.object({
  message: z.literal(WORKED),
  finished: z.array(FinishedMessage),
})
/**
 * An error's name and the places it came through, without its message: that may quote what was sent.
 */
export function traceOf(error: unknown): { error: string; trace: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, trace: [] }
  const places = (error.stack ?? '').replace(error.message, '').split('\n')
  return { error: error.name, trace: places.filter((line) => PLACE.test(line)).map((line) => line.trim()) }
}

/** A line of a stack that names a file, line and column. */
const PLACE = /^ +at .*:\d+:\d+\)?$/
