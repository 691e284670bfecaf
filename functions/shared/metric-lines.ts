import type { MetricGroup } from './gather-metrics.ts'
import { METRICS, METRICS_NAMESPACE, STACK_DIMENSION } from './metrics.ts'

/**
 * Writes what was gathered in CloudWatch's embedded format, in as few lines as hold it: a line has one value of each
 * dimension and each metric once, and tells which of them belong together (CloudWatch user guide, "Embedded metric
 * format specification").
 * @param stack in each metric, so that those of two stacks are not added up.
 * @param now milliseconds since the epoch.
 * @returns JSON.
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
