import type { MetricDataQuery, MetricDataResult } from '@aws-sdk/client-cloudwatch'
import {
  BRAZE_ANSWERS,
  type Dimensions,
  METRICS_NAMESPACE,
  type MetricName,
  STACK_DIMENSION,
} from '../../../functions/shared/metrics.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { parseAnswer } from '../parse-answer.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import { Figures, type QueueFigures } from '../telemetry.ts'

/**
 * The finest resolution that CloudWatch keeps for these metrics. Sums per minute add up to any requested
 * period.
 */
const MINUTE_SECONDS = 60

/** A day has 288 such periods, so one CloudWatch response can hold the data of hundreds of codes. */
const FIVE_MINUTES_SECONDS = 300

/** The counts of rows, which are emitted for the stack and for each of its connections and queues. */
const ROW_COUNTS = [
  'RowsAccepted',
  'RowsParked',
  'RecordsDelivered',
  'RecordsParked',
] as const satisfies MetricName[]
type RowCount = (typeof ROW_COUNTS)[number]

/**
 * The queries for the figures of a stack. All metrics are named, because CloudWatch finds a new metric by its name
 * at once, but by a search only after up to 15 minutes (API reference, ListMetrics).
 * @param connections names of connections.
 * @param seconds the requested period. Percentiles cover it as a whole, because they cannot be combined from
 * shorter periods.
 */
export const figuresQueries = (
  stack: string,
  connections: readonly string[],
  seconds: number,
): MetricDataQuery[] => [
  ...queueQueries(stack, 'profiles', connections, seconds),
  ...queueQueries(stack, 'events', connections, seconds),
  ...ROW_COUNTS.map((count) => sum(stack, `all_${count}`, count, {})),
  ...BRAZE_ANSWERS.map((answer) => sum(stack, `answer_${answer}`, 'BrazeAnswers', { answer })),
  sum(stack, 'holds', 'BrazeHolding', {}),
]

const queueQueries = (
  stack: string,
  kind: QueueName,
  connections: readonly string[],
  seconds: number,
): MetricDataQuery[] => [
  ...ROW_COUNTS.flatMap((count) =>
    connections.map((connection, index) =>
      sum(stack, `${kind}_${count}_${index}`, count, { connection, kind }),
    ),
  ),
  sum(stack, `${kind}_requests`, 'BrazeRequests', { kind }),
  sum(stack, `${kind}_objects`, 'BrazeObjects', { kind }),
  statistic(stack, `${kind}_p50`, 'AcceptedToDelivered', { kind }, 'p50', seconds),
  statistic(stack, `${kind}_p99`, 'AcceptedToDelivered', { kind }, 'p99', seconds),
]

/** The queries for the rows of all connections that CloudWatch lists, whatever their names. */
export const searchQueries = (stack: string): MetricDataQuery[] =>
  QUEUE_NAMES.flatMap((kind) =>
    ROW_COUNTS.map((count) => sumOverConnections(stack, `${kind}_${count}_listed`, count, kind)),
  )

/** Whether the results account for all rows of the stack, so that there are no other connections. */
export const countAllRows = (results: readonly MetricDataResult[]): boolean =>
  ROW_COUNTS.every(
    (count) =>
      QUEUE_NAMES.reduce((sum, kind) => sum + rowsOf(results, kind, count), 0) >=
      totalOf(results, `all_${count}`),
  )

/** A search misses the newest metrics, and the names miss other connections. The larger sum misses less. */
function rowsOf(results: readonly MetricDataResult[], kind: QueueName, count: RowCount): number {
  const listed = `${kind}_${count}_listed`
  const named = results.filter(({ Id }) => Id !== listed && Id?.startsWith(`${kind}_${count}_`))
  const sumOfNamed = named.flatMap(({ Values = [] }) => Values).reduce((sum, value) => sum + value, 0)
  return Math.max(sumOfNamed, totalOf(results, listed))
}

export function readFigures(results: readonly MetricDataResult[]): Figures {
  const total = (id: string) => totalOf(results, id)
  const queue = (kind: QueueName): QueueFigures => ({
    accepted: rowsOf(results, kind, 'RowsAccepted'),
    delivered: rowsOf(results, kind, 'RecordsDelivered'),
    parked: rowsOf(results, kind, 'RowsParked') + rowsOf(results, kind, 'RecordsParked'),
    requests: total(`${kind}_requests`),
    objects: total(`${kind}_objects`),
    p50Ms: worstOf(results, `${kind}_p50`),
    p99Ms: worstOf(results, `${kind}_p99`),
  })
  const answers = Object.fromEntries(BRAZE_ANSWERS.map((answer) => [answer, total(`answer_${answer}`)]))
  return parseAnswer('CloudWatch', Figures, {
    profiles: queue('profiles'),
    events: queue('events'),
    answers,
    holds: total('holds'),
    ...(!countAllRows(results) && { incomplete: true }),
  })
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

/** A search covers up to 500 connections (CloudWatch user guide). */
const sumOverConnections = (
  stack: string,
  Id: string,
  metric: MetricName,
  kind: QueueName,
): MetricDataQuery => ({
  Id,
  Expression: `SUM(SEARCH('{${METRICS_NAMESPACE},connection,kind,${STACK_DIMENSION}} MetricName="${metric}" ${STACK_DIMENSION}="${stack}" kind="${kind}"', 'Sum', ${MINUTE_SECONDS}))`,
})
