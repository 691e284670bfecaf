import * as z from 'zod'

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
