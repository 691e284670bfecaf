import {
  type CloudWatchClient,
  GetMetricDataCommand,
  type GetMetricDataCommandInput,
  ListMetricsCommand,
  type MetricDataQuery,
  type MetricDataResult,
} from '@aws-sdk/client-cloudwatch'
import type { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import * as z from 'zod'
import { NO_ID } from '../../../functions/shared/display-id.ts'
import { METRICS_NAMESPACE, type MetricName, STACK_DIMENSION } from '../../../functions/shared/metrics.ts'
import {
  AUDIENCES_OF_RUN_QUERY,
  LAST_BRAZE_ANSWER_QUERY,
  PERSON_PLACEHOLDER,
  PERSON_QUERY,
  RUN_PLACEHOLDER,
  RUN_QUERY,
} from '../../../lib/log-queries.ts'
import { DEAD_LETTER_CODES } from '../dead-letter-codes.ts'
import { parseAnswer } from '../parse-answer.ts'
import { type BridgeTelemetry, type LastAnswer, PersonLine, RunLines } from '../telemetry.ts'
import { type InsightsRow, insights, timeOf } from './insights.ts'
import {
  countAllRows,
  figuresQueries,
  parkedQueries,
  readFigures,
  readParked,
  searchQueries,
} from './metric-queries.ts'

type TelemetryParts = {
  stackName: string
  logGroups: { receiver: string; worker: string }
  /** Names of the connections in cdk.json. The deployed stack may have others. */
  connections: readonly string[]
}

const MINUTE_MS = 60_000

/** Limits the cost: CloudWatch charges a query by the amount of log data that it scans. */
const LAST_ANSWER_WITHIN_MS = 3 * 60 * MINUTE_MS

/** `--watch` asks every few seconds, and each query costs money. */
const LAST_ANSWER_CACHE_MS = MINUTE_MS

/** Reads the metrics and logs of a deployed stack. */
export function awsTelemetry(
  { cloudWatch, logs }: { cloudWatch: CloudWatchClient; logs: CloudWatchLogsClient },
  { stackName, logGroups: { receiver, worker }, connections }: TelemetryParts,
  now: () => number,
  pause: (ms: number) => Promise<void>,
): BridgeTelemetry {
  const ask = insights(logs, now, pause)
  const metrics = (queries: MetricDataQuery[], ms: number) => {
    const end = Math.ceil(now() / MINUTE_MS) * MINUTE_MS
    return metricData(cloudWatch, queries, new Date(end - ms), new Date(end))
  }
  let cached: { at: number; answer: LastAnswer | undefined } | undefined
  return {
    figures: async (ms) => {
      // The worker counts messages that it cannot read under no connection.
      const named = await metrics(figuresQueries(stackName, [...connections, NO_ID], ms / 1_000), ms)
      const listed = countAllRows(named) ? [] : await metrics(searchQueries(stackName), ms)
      return readFigures([...named, ...listed])
    },
    parked: async (ms) => {
      // Only a later version of the bridge has codes that are not known here.
      const codes = [...new Set([...DEAD_LETTER_CODES, ...(await listedCodes(cloudWatch, stackName))])]
      return readParked(await metrics(parkedQueries(stackName, codes), ms), codes)
    },
    lastAnswer: async () => {
      if (cached && now() - cached.at < LAST_ANSWER_CACHE_MS) return cached.answer
      const [row] = await ask(LAST_BRAZE_ANSWER_QUERY, [worker], LAST_ANSWER_WITHIN_MS)
      const answer = row && { at: timeOf(row['@timestamp']), status: row.status ?? '' }
      cached = { at: now(), answer }
      return answer
    },
    run: async (run, ms) => {
      const askAboutRun = (query: string) => ask(query.replace(RUN_PLACEHOLDER, run), [receiver, worker], ms)
      const [queues, audiences] = await Promise.all([
        askAboutRun(RUN_QUERY),
        askAboutRun(AUDIENCES_OF_RUN_QUERY),
      ])
      return parseAnswer('CloudWatch Logs', RunLines, {
        queues: queues.map((row) => ({
          ...row,
          ...rowCounts(row),
          firstAt: timeOf(row.firstAt),
          lastAt: timeOf(row.lastAt),
        })),
        audiences: audiences.map((row) => ({ ...row, ...rowCounts(row) })),
      })
    },
    person: async (person, ms) => {
      const rows = await ask(PERSON_QUERY.replace(PERSON_PLACEHOLDER, person), [receiver, worker], ms)
      const lines = rows.map((row) => ({ ...row, at: timeOf(row['@timestamp']) }))
      return parseAnswer('CloudWatch Logs', z.array(PersonLine), lines)
    },
  }
}

/** The sum of a field that no line contains comes back empty or not at all. */
const rowCounts = (row: InsightsRow) => ({
  done: Number(row.acceptedRows ?? 0) + Number(row.deliveredRows ?? 0),
  parked: Number(row.parkedRows ?? 0),
})

/** How many queries CloudWatch takes in one call (API reference, GetMetricData). */
const MAX_QUERIES = 500

async function metricData(
  cloudWatch: CloudWatchClient,
  queries: MetricDataQuery[],
  StartTime: Date,
  EndTime: Date,
): Promise<MetricDataResult[]> {
  const results: MetricDataResult[] = []
  for (let first = 0; first < queries.length; first += MAX_QUERIES) {
    const MetricDataQueries = queries.slice(first, first + MAX_QUERIES)
    results.push(...(await pagesOf(cloudWatch, { MetricDataQueries, StartTime, EndTime })))
  }
  return results
}

async function pagesOf(
  cloudWatch: CloudWatchClient,
  input: GetMetricDataCommandInput,
): Promise<MetricDataResult[]> {
  const results: MetricDataResult[] = []
  for (let NextToken: string | undefined, first = true; first || NextToken; first = false) {
    const page = await cloudWatch.send(
      new GetMetricDataCommand({ ...input, ...(NextToken && { NextToken }) }),
    )
    results.push(...(page.MetricDataResults ?? []))
    NextToken = page.NextToken
  }
  return results
}

/**
 * The codes under which anything was parked: CloudWatch lists metrics with data in the last two weeks, and a new
 * one after up to 15 minutes.
 */
async function listedCodes(cloudWatch: CloudWatchClient, stack: string): Promise<string[]> {
  const { Metrics = [] } = await cloudWatch.send(
    new ListMetricsCommand({
      Namespace: METRICS_NAMESPACE,
      MetricName: 'Parked' satisfies MetricName,
      Dimensions: [{ Name: STACK_DIMENSION, Value: stack }],
    }),
  )
  return Metrics.flatMap(({ Dimensions = [] }) => Dimensions.find(({ Name }) => Name === 'code')?.Value ?? [])
}
