import * as z from 'zod'
import { BRAZE_ANSWERS } from '../../functions/shared/metrics.ts'
import type { ProgressStage } from '../../functions/shared/progress.ts'

/**
 * The metrics and logs of a running bridge. All data is some seconds late; AWS metrics are a minute or two
 * late, and those of a connection that cdk.json does not name are up to 15 minutes late at first.
 */
export type BridgeTelemetry = {
  /** Figures for the last `ms` milliseconds. */
  figures: (ms: number) => Promise<Figures>
  /** Numbers of parked rows and records in the last `ms` milliseconds, by code. */
  parked: (ms: number) => Promise<Readonly<Record<string, number>>>
  /** The most recent answer from Braze; absent if it is hours old. */
  lastAnswer: () => Promise<LastAnswer | undefined>
  /** The log lines of a run in the last `ms` milliseconds. */
  run: (run: string, ms: number) => Promise<RunLines>
  /**
   * The log lines that mention a person, oldest first.
   * @param person the name that the log uses for the person.
   */
  person: (person: string, ms: number) => Promise<readonly PersonLine[]>
}

const QueueFigures = z.object({
  /** Rows that were queued. */
  accepted: z.number(),
  delivered: z.number(),
  /** Rows that could not be read, and records that the worker parked. */
  parked: z.number(),
  /** Requests to Braze, and the objects in them. */
  requests: z.number(),
  objects: z.number(),
  /** Milliseconds from the sender's request to Braze's answer: median and 99th percentile. */
  p50Ms: z.number().optional(),
  p99Ms: z.number().optional(),
})
export type QueueFigures = z.infer<typeof QueueFigures>

export const Figures = z.object({
  profiles: QueueFigures,
  events: QueueFigures,
  /** Braze's answers by class. */
  answers: z.record(z.enum(BRAZE_ANSWERS), z.number()),
  /** How often the worker held everything, or kept a message of an unknown version. */
  holds: z.number(),
  /** Rows of other connections than those in cdk.json are missing. */
  incomplete: z.literal(true).optional(),
})
export type Figures = z.infer<typeof Figures>

export const ParkedByCode = z.record(z.string(), z.number())

/** Milliseconds since the epoch. */
const at = z.number()

export const LastAnswer = z.object({
  at,
  /** Braze's HTTP status, or a word if no answer came. */
  status: z.string(),
})
export type LastAnswer = z.infer<typeof LastAnswer>

/**
 * The receiver logs rows that it queued or could not read; the worker logs records that it delivered or
 * parked.
 */
const stage = z.enum(['accepted', 'delivered'] satisfies ProgressStage[])
const counted = { stage, done: z.number(), parked: z.number() }

/** Sums over the log lines of a run. */
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
