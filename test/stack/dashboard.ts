import type { Template } from 'aws-cdk-lib/assertions'
import * as z from 'zod'
import { resolveText } from './resolve-text.ts'
import { propertiesOf } from './synthesise.ts'

const GraphedMetrics = z.array(z.array(z.unknown()))
const Body = z.object({
  widgets: z.array(
    z.object({
      type: z.string(),
      properties: z.object({
        title: z.string().optional(),
        markdown: z.string().default(''),
        metrics: GraphedMetrics.default([]),
        alarms: z.array(z.string()).default([]),
      }),
    }),
  ),
})

export type GraphMetric = { namespace: string; name: string; dimensions: Record<string, string> }
export type DashboardGraph = { title: string; metrics: GraphMetric[]; expressions: string[] }

/** The only dashboard of a stack. A metric of a SEARCH has `*` for each dimension that may have any value. */
export function dashboardOf(template: Template) {
  const [properties, ...others] = Object.values(propertiesOf(template, 'AWS::CloudWatch::Dashboard'))
  if (others.length > 0) throw new Error('there is more than one dashboard')
  const text = resolveText(properties.DashboardBody)
  const { widgets } = Body.parse(JSON.parse(text))
  return {
    name: resolveText(properties.DashboardName),
    text,
    markdown: widgets.map(({ properties }) => properties.markdown).join(''),
    alarms: widgets.flatMap(({ properties }) => properties.alarms),
    graphs: widgets
      .filter(({ type }) => type === 'metric')
      .map(({ properties: { title = '', metrics } }): DashboardGraph => {
        const expressions = metrics.flatMap(expressionOf)
        return {
          title,
          expressions,
          metrics: [...metrics.flatMap(graphMetric), ...expressions.flatMap(searchedMetrics)],
        }
      }),
  }
}

const Expression = z.tuple([z.object({ expression: z.string() })])
const expressionOf = (entry: readonly unknown[]) => {
  const { data } = Expression.safeParse(entry)
  return data ? [data[0].expression] : []
}

/** Reads `[namespace, name, dimension, value, …, options]`. */
function graphMetric(entry: readonly unknown[]): GraphMetric[] {
  const [namespace, name, ...rest] = entry.filter((part) => typeof part === 'string')
  if (namespace === undefined || name === undefined) return []
  const dimensions: Record<string, string> = {}
  for (let index = 0; index + 1 < rest.length; index += 2)
    dimensions[rest[index] ?? ''] = rest[index + 1] ?? ''
  return [{ namespace, name, dimensions }]
}

/** Reads `SEARCH('{namespace,dimension,…} MetricName="name" dimension="value"', …)`. */
function searchedMetrics(expression: string): GraphMetric[] {
  const [, schema, rest] = /^SEARCH\('\{([^}]+)\} ([^']+)'/.exec(expression) ?? []
  if (schema === undefined || rest === undefined) return []
  const [namespace = '', ...dimensions] = schema.split(',')
  const terms = new Map(
    [...rest.matchAll(/(\w+)="([^"]+)"/g)].map(([, key = '', value = '']) => [key, value]),
  )
  return [
    {
      namespace,
      name: terms.get('MetricName') ?? '',
      dimensions: Object.fromEntries(dimensions.map((name) => [name, terms.get(name) ?? '*'])),
    },
  ]
}
