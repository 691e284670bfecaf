import * as z from 'zod'
import { FinishedMessage } from '../../../functions/shared/log.ts'

/** What the control address answers with and takes: read by the operators' commands and by the window. */

/** Of one queue's event source. */
export const EventSourceShape = z.object({ enabled: z.boolean() })
export const EventSourcesShape = z.object({ profiles: EventSourceShape, events: EventSourceShape })

const QueueShape = z.object({
  waiting: z.number(),
  inFlight: z.number(),
  /** Milliseconds since the epoch, of the oldest message; absent where there is none. */
  oldestSentAt: z.number().optional(),
  lanes: z.array(z.object({ lane: z.string(), waiting: z.number(), inFlight: z.number() })),
})
export const QueuesShape = z.object({ profiles: QueueShape, events: QueueShape })
export type QueueShape = z.infer<typeof QueueShape>

/** Milliseconds since the epoch. */
export const SinceShape = z.object({ since: z.number() })
export const FinishedShape = z.object({ finished: z.array(FinishedMessage) })
