import * as z from 'zod'
import { BRAZE_ANSWERS } from '../../functions/shared/metrics.ts'
import type { ProgressStage } from '../../functions/shared/progress.ts'

/** What a running bridge has measured and logged. All of it comes some seconds late, metrics of AWS a minute or two. */
export type BridgeTelemetry = {
  /** Of so many milliseconds until now. */
  figures: (ms: number) => Promise<Figures>
  /** What was parked in so many milliseconds until now, by its code. */
  parked: (ms: number) => Promise<Readonly<Record<string, number>>>
  /** What Braze answered last; absent where that is hours ago. */
  lastAnswer: () => Promise<LastAnswer | undefined>
  /** What the log tells of a run, in so many milliseconds until now. */
  run: (run: string, ms: number) => Promise<RunLines>
  /** The log lines that name a person, oldest first. @param person what the log calls them. */
  person: (person: string, ms: number) => Promise<readonly PersonLine[]>
}

const QueueFigures = z.object({
  /** Rows that were queued. */
  accepted: z.number(),
  delivered: z.number(),
  /** Rows that could not be read, and records that the worker gave up. */
  parked: z.number(),
  /** Requests to Braze, and the objects in them. */
  requests: z.number(),
  objects: z.number(),
  /** From a request of the sender to Braze's answer, in milliseconds: median and 99th percentile. */
  p50Ms: z.number().optional(),
  p99Ms: z.number().optional(),
})
export type QueueFigures = z.infer<typeof QueueFigures>

export const Figures = z.object({
  profiles: QueueFigures,
  events: QueueFigures,
  /** Braze's answers by class. */
  answers: z.record(z.enum(BRAZE_ANSWERS), z.number()),
})
export type Figures = z.infer<typeof Figures>

export const ParkedByCode = z.record(z.string(), z.number())

/** Milliseconds since the epoch. */
const at = z.number()

export const LastAnswer = z.object({
  at,
  /** Braze's status, or a word where none came. */
  status: z.string(),
})
export type LastAnswer = z.infer<typeof LastAnswer>

/** Of the receiver, what was queued and what could not be read; of the worker, what was delivered and what it gave up. */
const stage = z.enum(['accepted', 'delivered'] satisfies ProgressStage[])
const counted = { stage, done: z.number(), parked: z.number() }

/** Sums of the log lines of a run. */
export const RunLines = z.object({
  queues: z.array(
    z.object({ ...counted, connection: z.string(), kind: z.string(), firstAt: at, lastAt: at }),
  ),
  audiences: z.array(z.object({ ...counted, audience: z.string() })),
})
export type RunLines = z.infer<typeof RunLines>

const text = z.string().optional()
export const PersonLine = z.object({
  at,
  message: z.string(),
  requestId: text,
  endpoint: text,
  connection: text,
  status: text,
  accepted: text,
  rejected: text,
  code: text,
  kind: text,
  run: text,
})
export type PersonLine = z.infer<typeof PersonLine>
