import * as z from 'zod'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { DeadLetterBrowser } from '../dead-letter-browser.ts'
import type { LoggedBrazeRequest, Totals } from '../live-counters.ts'
import type { QueueShape } from './shapes.ts'

/** The live figures. The window polls them twice a second, in one answer, so that they are consistent. */
export type Live = {
  /** Milliseconds since the epoch. */
  now: number
  totals: Totals
  queues: Readonly<Record<QueueName, QueueShape & { enabled: boolean }>>
  brazeRequests: readonly LoggedBrazeRequest[]
  letters: ReturnType<DeadLetterBrowser['overview']>
}

/** What to redrive: one dead letter, or all with one code. */
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
    /** True to redrive; false for a dry run. */
    yes: z.boolean(),
  })
  // Without either field, all dead letters would be redriven. Nobody means that by omitting a field.
  .refine(({ code, letter }) => (code === undefined) !== (letter === undefined))
