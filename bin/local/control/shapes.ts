import * as z from 'zod'
import { FinishedMessage } from '../../../functions/shared/finished-line.ts'

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
