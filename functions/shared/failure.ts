import * as z from 'zod'

/**
 * Why a record stands in a dead-letter queue, and what to do about it. The first thing an operator reads when opening
 * a letter in the SQS console, so it is prose, and it never holds an identifier, a value or a secret.
 */
export const Failure = z.object({
  code: z.string(),
  reason: z.string(),
  hint: z.string(),
  /** Braze's status, where Braze was asked. */
  httpStatus: z.number().optional(),
  /** ISO 8601. */
  at: z.string(),
  /** How often SQS had handed out the message when it was given up. */
  attempts: z.number().optional(),
  /** The request that brought the record in: find it in the receiver's log. */
  requestId: z.string().optional(),
})
export type Failure = z.infer<typeof Failure>

/** A refusal as the rules state it, before the time, attempts and request id are known. */
export type Refusal = Pick<Failure, 'code' | 'reason' | 'hint' | 'httpStatus'>
