import * as z from 'zod'

/**
 * Logs and metrics hold codes, counts, times, and ids that we or AWS made. Of a sender's ids they hold only
 * those of audiences and runs. They hold no identifier of a person, no value, no secret and no text of an
 * answer, because Braze can echo the key.
 */
export type LogFields = Record<
  string,
  string | number | boolean | readonly string[] | Record<string, number> | readonly FinishedMessage[]
>
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

const count = z.int().nonnegative()

/** What became of the records of one message, which shows a sender how far a request has got. */
export const FinishedMessage = z.object({
  /** The id of the request under which the records were accepted. */
  requestId: z.string(),
  /** SQS's message id. A message that is finished twice must not count twice. */
  messageId: z.string(),
  delivered: count,
  parked: count,
  /** The number of records that this invocation parked, by code. */
  codes: z.record(z.string(), count).optional(),
})
export type FinishedMessage = z.infer<typeof FinishedMessage>

export const FinishedLine = z.object({
  message: z.literal(WORKED),
  finished: z.array(FinishedMessage),
})
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
