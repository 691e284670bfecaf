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

/** What the worker logs of each request to Braze. */
export const BrazeAnswered = z.object({
  message: z.literal('braze answered'),
  /** A word where there was no answer. */
  status: z.union([z.number(), z.string()]),
  attributes: z.number().default(0),
  events: z.number().default(0),
  purchases: z.number().default(0),
  ms: z.number(),
})

const METHODS = ['debug', 'info', 'warn', 'error', 'log'] as const

type ConsoleLike = Record<(typeof METHODS)[number], (...parts: unknown[]) => void>

/**
 * Takes the functions' structured logs and metrics out of the console, where they write them, and hands them on as
 * values. Everything else that is written there stays as it is.
 * @returns what ends it.
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
