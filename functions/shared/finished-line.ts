import * as z from 'zod/mini'
import { WORKED } from './log.ts'

const count = z.int().check(z.nonnegative())

/** What became of the records of one message, which shows a sender how far a request has got. */
export const FinishedMessage = z.object({
  /** The id of the request under which the records were accepted. */
  requestId: z.string(),
  /** SQS's message id. A message that is finished twice must not count twice. */
  messageId: z.string(),
  delivered: count,
  parked: count,
  /** The number of dead letters that this invocation sent, by code: of records, and of fields of delivered ones. */
  codes: z.optional(z.record(z.string(), count)),
})
export type FinishedMessage = z.infer<typeof FinishedMessage>

export const FinishedLine = z.object({
  message: z.literal(WORKED),
  finished: z.array(FinishedMessage),
})
