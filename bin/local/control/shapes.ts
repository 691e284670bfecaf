import * as z from 'zod'
import { FinishedMessage } from '../../../functions/shared/finished-line.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { Verdict } from '../../ops/verdict.ts'
import type { DeadLetterBrowser } from '../dead-letter-browser.ts'
import type { LoggedBrazeRequest, LoggedInboundRequest, Totals } from '../live-counters.ts'

/** The requests and answers of the control address that the operators' commands and the window share. */

/** The state of one queue's event source. */
export const EventSourceShape = z.object({ enabled: z.boolean() })
export const EventSourcesShape = z.object({ profiles: EventSourceShape, events: EventSourceShape })

const QueueShape = z.object({
  waiting: z.number(),
  inFlight: z.number(),
  /** When the oldest message was sent, in milliseconds since the epoch; absent if the queue is empty. */
  oldestSentAt: z.number().optional(),
  lanes: z.array(z.object({ lane: z.string(), waiting: z.number(), inFlight: z.number() })),
})
export const QueuesShape = z.object({ profiles: QueueShape, events: QueueShape })
export type QueueShape = z.infer<typeof QueueShape>

/** Milliseconds since the epoch. */
export const SinceShape = z.object({ since: z.number() })
export const FinishedShape = z.object({ finished: z.array(FinishedMessage) })

/** The live figures. The window polls them twice a second, in one answer, so that they are consistent. */
export type Live = {
  /** Milliseconds since the epoch. */
  now: number
  verdict: Pick<Verdict, 'severity' | 'headline' | 'meaning'> & { command?: string }
  totals: Totals
  queues: Readonly<Record<QueueName, QueueShape & { enabled: boolean }>>
  brazeRequests: readonly LoggedBrazeRequest[]
  inboundRequests: readonly LoggedInboundRequest[]
  deadLetters: ReturnType<DeadLetterBrowser['overview']>
}

/** What to redrive: one dead letter, or all with one code. */
export const RedriveRequest = z
  .object({
    code: z
      .string()
      .regex(/^[A-Z_]+$/)
      .optional(),
    deadLetter: z
      .string()
      .regex(/^[\w-]+$/)
      .optional(),
    includeStale: z.boolean().default(false),
    includeDoubtful: z.boolean().default(false),
    /** True to redrive; false for a dry run. */
    yes: z.boolean(),
  })
  // Without either field, all dead letters would be redriven. Nobody means that by omitting a field.
  .refine(({ code, deadLetter }) => (code === undefined) !== (deadLetter === undefined))
