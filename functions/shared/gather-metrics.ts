import { type Dimensions, type DimensionsOf, METRICS, type Metric, type MetricName } from './metrics.ts'

type Named<Unit extends Metric['unit']> = {
  [Name in MetricName]: (typeof METRICS)[Name]['unit'] extends Unit ? Name : never
}[MetricName]

/** What a metric is told by stands last, where that is more than the stack. */
type Told<Unit extends Metric['unit']> = {
  [Name in Named<Unit>]: keyof DimensionsOf<Name> extends never
    ? [metric: Name, amount: number]
    : [metric: Name, amount: number, by: DimensionsOf<Name>]
}[Named<Unit>]

export type Count = (...counted: Told<'Count'>) => void
/** One value, in milliseconds, of which percentiles are wanted. */
export type Measure = (...measured: Told<'Milliseconds'>) => void

/** Metrics that are told by the same dimensions. */
export type MetricGroup = {
  sets: Metric['sets']
  dimensions: Partial<Dimensions>
  values: Map<MetricName, number[]>
}

/** A line takes so many of a metric (CloudWatch user guide, "Embedded metric format specification"). */
const MAX_VALUES = 100

/** Adds up what one invocation counts, so that it is written in few lines. */
export function gatherMetrics(): {
  count: Count
  measure: Measure
  /** What was gathered since the last time. */
  take: () => MetricGroup[]
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
    take: () => {
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
