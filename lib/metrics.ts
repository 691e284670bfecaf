import type { Duration } from 'aws-cdk-lib'
import { Metric, SearchExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch'
import {
  type DimensionsOf,
  type METRICS,
  METRICS_NAMESPACE,
  type MetricName,
  STACK_DIMENSION,
} from '../functions/shared/metrics.ts'

type Dimension<Name extends MetricName> = (typeof METRICS)[Name]['sets'][number][number]

export type BridgeMetrics = {
  /** Returns one metric. `by` must be one of the sets that it is emitted with. */
  one: <Name extends MetricName>(
    name: Name,
    options: {
      period: Duration
      by?: Partial<DimensionsOf<Name>>
      statistic?: string
      label?: string
    },
  ) => Metric
  /**
   * Returns the sums of a metric for every combination of these dimensions that has data, each named by its
   * values. A graph takes 500 of them, and needs no list of them.
   */
  each: <Name extends MetricName>(
    name: Name,
    options: { period: Duration; by: readonly Dimension<Name>[]; label?: string },
  ) => SearchExpression
}

/** Returns the metrics of one stack's functions, to be drawn or watched. */
export function bridgeMetrics(stackName: string): BridgeMetrics {
  return {
    one: (metricName, { period, by = {}, statistic = Stats.SUM, label }) =>
      new Metric({
        namespace: METRICS_NAMESPACE,
        metricName,
        dimensionsMap: { [STACK_DIMENSION]: stackName, ...by },
        statistic,
        period,
        ...(label !== undefined && { label }),
      }),
    each: (metricName, { period, by, label }) => {
      const schema = [METRICS_NAMESPACE, ...by, STACK_DIMENSION].join(',')
      const search = `{${schema}} MetricName="${metricName}" ${STACK_DIMENSION}="${stackName}"`
      return new SearchExpression({
        expression: `SEARCH('${search}', '${Stats.SUM}', ${period.toSeconds()})`,
        label: [label ?? [], by.map((dimension) => `\${PROP('Dim.${dimension}')}`)].flat(2).join(' '),
        period,
      })
    },
  }
}
