import * as z from 'zod'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { DeadLetterBrowser } from '../dead-letter-browser.ts'
import type { LoggedBrazeRequest, Totals } from '../live-counters.ts'
import type { QueueShape } from './shapes.ts'

/** What moves: the window asks for it twice a second, in one answer, so that its numbers fit each other. */
export type Live = {
  /** Milliseconds since the epoch. */
  now: number
  totals: Totals
  queues: Readonly<Record<QueueName, QueueShape & { enabled: boolean }>>
  brazeRequests: readonly LoggedBrazeRequest[]
  letters: ReturnType<DeadLetterBrowser['overview']>
}

/** What to put back: a letter, or all of one code. */
export const RedriveRequest = z
  .object({
    code: z
      .string()
      .regex(/^[A-Z_]+$/)
      .optional(),
    letter: z
      .string()
      .regex(/^[\w-]+$/)
      .optional(),
    includeStale: z.boolean().default(false),
    includeDoubtful: z.boolean().default(false),
    /** Do it; else it is only shown. */
    yes: z.boolean(),
  })
  // Without either it would be all letters, which nobody can mean by leaving something out.
  .refine(({ code, letter }) => (code === undefined) !== (letter === undefined))
