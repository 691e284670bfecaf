import {
  type Dimensions,
  type DimensionsOf,
  METRICS,
  METRICS_NAMESPACE,
  type Metric,
  type MetricName,
  STACK_DIMENSION,
} from './metrics.ts'

type MetricsOfUnit<Unit extends Metric['unit']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['unit'] extends Unit ? Name : never
}[MetricName]

/** The dimensions are the last argument. A metric without dimensions besides the stack omits it. */
type MetricArguments<Unit extends Metric['unit']> = {
  [Name in MetricsOfUnit<Unit>]: keyof DimensionsOf<Name> extends never
    ? [metric: Name, amount: number]
    : [metric: Name, amount: number, by: DimensionsOf<Name>]
}[MetricsOfUnit<Unit>]

export type Count = (...counted: MetricArguments<'Count'>) => void

/** Records one value, in milliseconds, of a metric that is read as percentiles. */
export type Measure = (...measured: MetricArguments<'Milliseconds'>) => void

/** Metrics that share their dimensions. */
export type MetricGroup = {
  sets: Metric['sets']
  dimensions: Partial<Dimensions>
  values: Map<MetricName, number[]>
}

/**
 * A log line takes at most this many values of a metric (CloudWatch user guide, "Embedded metric format
 * specification").
 */
const MAX_VALUES = 100

/** Adds up what one invocation counts, so that it is written in few log lines. */
export function gatherMetrics(): {
  count: Count
  measure: Measure
  /** Returns what was gathered since the last call. */
  flush: () => MetricGroup[]
} {
  let groups = new Map<string, MetricGroup>()

  function valuesOf(metric: MetricName, dimensions: Partial<Dimensions>): number[] {
    const { sets } = METRICS[metric]
    const key = JSON.stringify([sets, dimensions])
    const group = groups.get(key) ?? { sets, dimensions, values: new Map() }
    groups.set(key, group)
    const values = group.values.get(metric) ?? []
    group.values.set(metric, values)
    return values
  }

  return {
    count: (...[metric, amount, by = {}]) => {
      if (amount === 0) return
      const values = valuesOf(metric, by)
      values[0] = (values[0] ?? 0) + amount
    },
    measure: (metric, ms, by) => void valuesOf(metric, by).push(ms),
    flush: () => {
      const taken = [...groups.values()]
      groups = new Map()
      return taken.flatMap(cut)
    },
  }
}

function cut(group: MetricGroup): MetricGroup[] {
  const most = Math.max(...[...group.values.values()].map(({ length }) => length))
  if (most <= MAX_VALUES) return [group]
  const part = (start: number) =>
    new Map(
      [...group.values]
        .map(([name, values]) => [name, values.slice(start, start + MAX_VALUES)] as const)
        .filter(([, values]) => values.length > 0),
    )
  return Array.from({ length: Math.ceil(most / MAX_VALUES) }, (_, n) => ({
    ...group,
    values: part(n * MAX_VALUES),
  }))
}

/**
 * Writes the gathered metrics in CloudWatch's embedded metric format, in as few log lines as possible. A line
 * has one value of each dimension and has each metric once, and it states which of them belong together
 * (CloudWatch user guide, "Embedded metric format specification").
 * @param stack is added to each metric, so that the metrics of two stacks are not added up.
 * @param now milliseconds since the epoch.
 * @returns one JSON text for each line.
 */
export const metricLines = (groups: readonly MetricGroup[], stack: string, now: number): string[] =>
  inLines(groups).map((line) =>
    JSON.stringify({
      _aws: { Timestamp: now, CloudWatchMetrics: line.map(directiveOf) },
      [STACK_DIMENSION]: stack,
      ...Object.fromEntries(line.flatMap(({ dimensions }) => Object.entries(dimensions))),
      ...Object.fromEntries(
        line.flatMap(({ values }) => [...values].map(([name, of]) => [name, oneOrMore(of)])),
      ),
    }),
  )

function inLines(groups: readonly MetricGroup[]): MetricGroup[][] {
  const lines: MetricGroup[][] = []
  for (const group of groups) {
    const line = lines.find((others) => others.every((other) => agree(group, other)))
    if (line) line.push(group)
    else lines.push([group])
  }
  return lines
}

function agree(one: MetricGroup, other: MetricGroup): boolean {
  const theirs = new Map<string, string>(Object.entries(other.dimensions))
  return (
    Object.entries(one.dimensions).every(([name, value]) => (theirs.get(name) ?? value) === value) &&
    [...one.values.keys()].every((name) => !other.values.has(name))
  )
}

const directiveOf = ({ sets, values }: MetricGroup) => ({
  Namespace: METRICS_NAMESPACE,
  Dimensions: sets.map((set) => [STACK_DIMENSION, ...set]),
  Metrics: [...values.keys()].map((name) => ({ Name: name, Unit: METRICS[name].unit })),
})

const oneOrMore = (values: readonly number[]) => (values.length === 1 ? values[0] : values)
