import * as z from 'zod'
import { METRICS, type MetricName, STACK_DIMENSION } from '../../functions/shared/metrics.ts'

/**
 * A line of metrics as the functions write it (CloudWatch user guide, "Embedded metric format
 * specification").
 */
export const MetricLine = z.looseObject({
  _aws: z.object({
    /** Milliseconds since the epoch. */
    Timestamp: z.number(),
    CloudWatchMetrics: z.array(
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.array(z.object({ Name: z.string(), Unit: z.string() })),
      }),
    ),
  }),
})
export type MetricLine = z.infer<typeof MetricLine>

/** The exact dimensions of a metric, without the stack. */
type DimensionValues = { readonly [dimension: string]: string }

export type Measurements = {
  add: (line: MetricLine) => void
  /** The sum over the minutes that end after `since`, in milliseconds since the epoch. */
  sum: (metric: MetricName, dimensions?: DimensionValues, since?: number) => number
  /** @param share 0.5 for the median. @returns undefined if nothing was measured. */
  percentile: (
    metric: MetricName,
    share: number,
    dimensions?: DimensionValues,
    since?: number,
  ) => number | undefined
  /** Every metric with every set of dimensions that was recorded. */
  series: () => { metric: string; dimensions: DimensionValues }[]
}

const MINUTE_MS = 60_000
const RETENTION_MS = 24 * 60 * MINUTE_MS

/** The number of values kept for each minute. In a busier minute, percentiles cover only its first values. */
const MAX_VALUES = 1_000

type Bucket = { sum: number; values: number[] }
type Series = { metric: string; dimensions: DimensionValues; minutes: Map<number, Bucket> }

/** Keeps the functions' metrics of the last 24 hours in memory. A deployed stack has CloudWatch for this. */
export function openMeasurements(now: () => number): Measurements {
  const series = new Map<string, Series>()

  function record(metric: string, dimensions: DimensionValues, at: number, values: readonly number[]): void {
    const key = keyOf(metric, dimensions)
    const { minutes } = series.get(key) ?? setIn(series, key, { metric, dimensions, minutes: new Map() })
    const minute = Math.floor(at / MINUTE_MS) * MINUTE_MS
    const bucket = minutes.get(minute) ?? setIn(minutes, minute, { sum: 0, values: [] })
    for (const value of values) bucket.sum += value
    if (isTimed(metric)) bucket.values.push(...values.slice(0, MAX_VALUES - bucket.values.length))
    for (const old of minutes.keys()) {
      if (old > at - RETENTION_MS) break
      minutes.delete(old)
    }
  }

  function buckets(metric: MetricName, dimensions: DimensionValues, since: number): Bucket[] {
    const from = Math.max(since, now() - RETENTION_MS)
    return [...(series.get(keyOf(metric, dimensions))?.minutes ?? [])]
      .filter(([at]) => at + MINUTE_MS > from)
      .map(([, bucket]) => bucket)
  }

  return {
    add: (line) => {
      const { Timestamp, CloudWatchMetrics } = line._aws
      for (const { Dimensions, Metrics } of CloudWatchMetrics)
        for (const names of Dimensions)
          for (const { Name } of Metrics)
            record(Name, dimensionsOf(line, names), Timestamp, valuesIn(line[Name]))
    },
    sum: (metric, dimensions = {}, since = 0) =>
      buckets(metric, dimensions, since).reduce((sum, bucket) => sum + bucket.sum, 0),
    percentile: (metric, share, dimensions = {}, since = 0) =>
      percentileOf(
        buckets(metric, dimensions, since).flatMap(({ values }) => values),
        share,
      ),
    series: () => [...series.values()].map(({ metric, dimensions }) => ({ metric, dimensions })),
  }
}

const isTimed = (metric: string) =>
  Object.entries(METRICS).some(([name, { unit }]) => name === metric && unit === 'Milliseconds')

/** A store belongs to one stack, so the stack dimension is dropped. */
const dimensionsOf = (line: MetricLine, names: readonly string[]): DimensionValues =>
  Object.fromEntries(
    names.filter((name) => name !== STACK_DIMENSION).map((name) => [name, String(line[name])]),
  )

const keyOf = (metric: string, dimensions: DimensionValues) =>
  JSON.stringify([metric, ...Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))])

const valuesIn = (value: unknown): number[] => z.array(z.number()).parse([value].flat())

/** The percentile by the nearest-rank method: the smallest value with at least this share at or below it. */
function percentileOf(values: number[], share: number): number | undefined {
  const sorted = values.sort((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}

function setIn<Key, Value>(map: Map<Key, Value>, key: Key, value: Value): Value {
  map.set(key, value)
  return value
}
