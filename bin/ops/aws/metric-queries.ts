import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch'
import {
  BRAZE_ANSWERS,
  type Dimensions,
  METRICS_NAMESPACE,
  type MetricName,
  STACK_DIMENSION,
} from '../../../functions/shared/metrics.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { Figures, type QueueFigures } from '../telemetry.ts'

/**
 * The finest resolution that CloudWatch keeps for these metrics. Sums per minute add up to any requested
 * period.
 */
const MINUTE_SECONDS = 60

/** A day has 288 such periods, so one CloudWatch response can hold the data of hundreds of codes. */
const FIVE_MINUTES_SECONDS = 300

/**
 * The queries for the figures of a stack.
 * @param seconds the requested period. Percentiles cover it as a whole, because they cannot be combined from
 * shorter periods.
 */
export const figuresQueries = (stack: string, seconds: number): MetricDataQuery[] => [
  ...queueQueries(stack, 'profiles', seconds),
  ...queueQueries(stack, 'events', seconds),
  ...BRAZE_ANSWERS.map((answer) => sum(stack, `answer_${answer}`, 'BrazeAnswers', { answer })),
]

const queueQueries = (stack: string, kind: QueueName, seconds: number): MetricDataQuery[] => [
  sumOverConnections(stack, `${kind}_accepted`, 'RowsAccepted', kind),
  sumOverConnections(stack, `${kind}_refused`, 'RowsParked', kind),
  sumOverConnections(stack, `${kind}_delivered`, 'RecordsDelivered', kind),
  sumOverConnections(stack, `${kind}_given_up`, 'RecordsParked', kind),
  sum(stack, `${kind}_requests`, 'BrazeRequests', { kind }),
  sum(stack, `${kind}_objects`, 'BrazeObjects', { kind }),
  statistic(stack, `${kind}_p50`, 'AcceptedToDelivered', { kind }, 'p50', seconds),
  statistic(stack, `${kind}_p99`, 'AcceptedToDelivered', { kind }, 'p99', seconds),
]

export function readFigures(results: readonly MetricDataResult[]): Figures {
  const total = (id: string) => totalOf(results, id)
  const queue = (kind: QueueName): QueueFigures => ({
    accepted: total(`${kind}_accepted`),
    delivered: total(`${kind}_delivered`),
    parked: total(`${kind}_refused`) + total(`${kind}_given_up`),
    requests: total(`${kind}_requests`),
    objects: total(`${kind}_objects`),
    p50Ms: worstOf(results, `${kind}_p50`),
    p99Ms: worstOf(results, `${kind}_p99`),
  })
  const answers = Object.fromEntries(BRAZE_ANSWERS.map((answer) => [answer, total(`answer_${answer}`)]))
  return Figures.parse({ profiles: queue('profiles'), events: queue('events'), answers })
}

/** CloudWatch may split the period in two at the full hour. Take the larger percentile then. */
function worstOf(results: readonly MetricDataResult[], id: string): number | undefined {
  const values = valuesOf(results, id)
  return values.length > 0 ? Math.max(...values) : undefined
}

/** Queries for the number of parked rows and records under each of these codes. */
export const parkedQueries = (stack: string, codes: readonly string[]): MetricDataQuery[] =>
  codes.map((code, index) =>
    statistic(stack, `code_${index}`, 'Parked', { code }, 'Sum', FIVE_MINUTES_SECONDS),
  )

export function readParked(
  results: readonly MetricDataResult[],
  codes: readonly string[],
): Record<string, number> {
  const totals = codes.map((code, index) => [code, totalOf(results, `code_${index}`)] as const)
  return Object.fromEntries(totals.filter(([, count]) => count > 0))
}

const valuesOf = (results: readonly MetricDataResult[], id: string) =>
  results.filter(({ Id }) => Id === id).flatMap(({ Values = [] }) => Values)

const totalOf = (results: readonly MetricDataResult[], id: string) =>
  valuesOf(results, id).reduce((sum, value) => sum + value, 0)

const sum = (stack: string, id: string, metric: MetricName, dimensions: Partial<Dimensions>) =>
  statistic(stack, id, metric, dimensions, 'Sum', MINUTE_SECONDS)

const statistic = (
  stack: string,
  Id: string,
  MetricName: MetricName,
  dimensions: Partial<Dimensions>,
  Stat: string,
  Period: number,
): MetricDataQuery => ({
  Id,
  MetricStat: {
    Metric: {
      Namespace: METRICS_NAMESPACE,
      MetricName,
      Dimensions: Object.entries({ [STACK_DIMENSION]: stack, ...dimensions }).map(([Name, Value]) => ({
        Name,
        Value,
      })),
    },
    Period,
    Stat,
  },
})

/**
 * Only the metrics know which connections exist. A search covers up to 500 of them (CloudWatch user guide).
 */
const sumOverConnections = (
  stack: string,
  Id: string,
  metric: MetricName,
  kind: QueueName,
): MetricDataQuery => ({
  Id,
  Expression: `SUM(SEARCH('{${METRICS_NAMESPACE},connection,kind,${STACK_DIMENSION}} MetricName="${metric}" ${STACK_DIMENSION}="${stack}" kind="${kind}"', 'Sum', ${MINUTE_SECONDS}))`,
})
