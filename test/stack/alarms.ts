import type { Template } from 'aws-cdk-lib/assertions'
import * as z from 'zod'
import { resolveText } from './resolve-text.ts'
import { propertiesOf } from './synthesise.ts'

const Dimensions = z.array(z.object({ Name: z.string(), Value: z.unknown() }))
const Metric = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: Dimensions.default([]),
})
const Common = z.object({
  AlarmName: z.string(),
  AlarmDescription: z.unknown(),
  ComparisonOperator: z.enum(['GreaterThanOrEqualToThreshold', 'LessThanThreshold']),
  Threshold: z.number(),
  DatapointsToAlarm: z.number(),
  EvaluationPeriods: z.number(),
  TreatMissingData: z.string(),
  AlarmActions: z.array(z.unknown()).default([]),
})
const MetricAlarm = z.object({
  ...Common.shape,
  ...Metric.shape,
  Statistic: z.string().optional(),
  ExtendedStatistic: z.string().optional(),
  Period: z.number(),
})
const ExpressionAlarm = z.object({
  ...Common.shape,
  Metrics: z.tuple(
    [z.object({ Expression: z.string() })],
    z.object({ MetricStat: z.object({ Metric, Period: z.number(), Stat: z.string() }) }),
  ),
})
const Alarm = z.union([MetricAlarm, ExpressionAlarm])

export type ReadMetric = {
  namespace: string
  name: string
  statistic: string
  /** The names of the dimensions. `dimensions` holds their values, as `resolveText` returns them. */
  names: string[]
  dimensions: string[]
}
export type SynthesisedAlarm = {
  title: string
  description: string
  comparison: 'GreaterThanOrEqualToThreshold' | 'LessThanThreshold'
  threshold: number
  over: number
  of: number
  period: number
  missingData: string
  actions: unknown[]
  metrics: { expression?: string; read: [ReadMetric, ...ReadMetric[]] }
}

const STACK = 'Fixture-bridge - '

/** The alarms of a stack with the name of the fixture. Throws if an alarm does not name its stack. */
export const alarmsOf = (template: Template): SynthesisedAlarm[] =>
  Object.values(propertiesOf(template, 'AWS::CloudWatch::Alarm')).map(toAlarm)

function toAlarm(properties: unknown): SynthesisedAlarm {
  const alarm = Alarm.parse(properties)
  if (!alarm.AlarmName.startsWith(STACK)) throw new Error(`"${alarm.AlarmName}" does not name its stack`)
  return {
    title: alarm.AlarmName.slice(STACK.length),
    description: resolveText(alarm.AlarmDescription),
    comparison: alarm.ComparisonOperator,
    threshold: alarm.Threshold,
    over: alarm.DatapointsToAlarm,
    of: alarm.EvaluationPeriods,
    missingData: alarm.TreatMissingData,
    actions: alarm.AlarmActions,
    ...metricsOf(alarm),
  }
}

function metricsOf(alarm: z.infer<typeof Alarm>): Pick<SynthesisedAlarm, 'period' | 'metrics'> {
  if ('MetricName' in alarm) {
    const statistic = alarm.Statistic ?? alarm.ExtendedStatistic ?? ''
    return { period: alarm.Period, metrics: { read: [toMetric(alarm, statistic)] } }
  }
  const [{ Expression }, first, ...others] = alarm.Metrics
  if (!first) throw new Error(`${Expression} reads no metric`)
  const read = ({ MetricStat: { Metric, Stat } }: typeof first) => toMetric(Metric, Stat)
  return {
    period: first.MetricStat.Period,
    metrics: { expression: Expression, read: [read(first), ...others.map(read)] },
  }
}

const toMetric = (
  { Namespace, MetricName, Dimensions }: z.infer<typeof Metric>,
  statistic: string,
): ReadMetric => ({
  namespace: Namespace,
  name: MetricName,
  statistic,
  names: Dimensions.map(({ Name }) => Name),
  dimensions: Dimensions.map(({ Value }) => resolveText(Value)),
})
