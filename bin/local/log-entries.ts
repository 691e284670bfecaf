import * as z from 'zod'
import { parseJson } from '../../functions/shared/json.ts'
import { MetricLine } from './measurements.ts'

/** One line of a function's structured log. */
export const LogEntry = z.looseObject({
  level: z.string(),
  message: z.string(),
  service: z.string(),
})
export type LogEntry = z.infer<typeof LogEntry>

/** The worker's log line for each request to Braze. */
export const BrazeAnswered = z.object({
  message: z.literal('braze answered'),
  /** The cause, as a word, if Braze did not answer. */
  status: z.union([z.number(), z.string()]),
  attributes: z.number().default(0),
  events: z.number().default(0),
  purchases: z.number().default(0),
  ms: z.number(),
})

const METHODS = ['debug', 'info', 'warn', 'error', 'log'] as const

type ConsoleLike = Record<(typeof METHODS)[number], (...parts: unknown[]) => void>

/**
 * Intercepts the structured logs and metrics that the functions write to the console, and passes them on as
 * values. Other output goes to the console unchanged.
 * @returns a function that restores the console.
 */
export function interceptLogEntries(
  from: ConsoleLike,
  onEntry: (entry: LogEntry) => void,
  onMetrics: (line: MetricLine) => void,
): () => void {
  const originals = METHODS.map((method) => [method, from[method]] as const)
  for (const [method, original] of originals) {
    from[method] = (...parts) => {
      const json = toObject(parts)
      const metrics = MetricLine.safeParse(json).data
      const entry = metrics ? undefined : LogEntry.safeParse(json).data
      if (metrics) onMetrics(metrics)
      else if (entry) onEntry(entry)
      else original.apply(from, parts)
    }
  }
  return () => {
    for (const [method, original] of originals) from[method] = original
  }
}

function toObject([text, ...more]: readonly unknown[]): unknown {
  if (typeof text !== 'string' || more.length > 0 || !text.startsWith('{')) return undefined
  return parseJson(text)
}

/** Bounds the memory: an entry takes about a kilobyte. */
const MAX_ENTRIES = 50_000

/** `at` is when the entry was written, in milliseconds since the epoch. */
export type StoredEntry = { at: number; entry: LogEntry }

export type LogStore = {
  add: (entry: LogEntry, at: number) => void
  /** Entries from `since` on, oldest first; all of them unless it is given. */
  entries: (since?: number) => readonly StoredEntry[]
}

/** Keeps the newest log entries of the functions in memory. A deployed stack has CloudWatch Logs for this. */
export function openLogStore(maxEntries = MAX_ENTRIES): LogStore {
  let stored: StoredEntry[] = []
  return {
    add: (entry, at) => {
      stored.push({ at, entry })
      // Each cut copies all entries, so cuts are rare and large.
      if (stored.length >= 2 * maxEntries) stored = stored.slice(-maxEntries)
    },
    entries: (since = Number.NEGATIVE_INFINITY) => stored.slice(-maxEntries).filter(({ at }) => at >= since),
  }
}
