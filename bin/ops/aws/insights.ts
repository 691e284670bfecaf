import {
  type CloudWatchLogsClient,
  GetQueryResultsCommand,
  type ResultField,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs'

/** One row of a result, by field name. */
export type InsightsRow = Readonly<Record<string, string>>

export type Insights = (query: string, logGroups: readonly string[], ms: number) => Promise<InsightsRow[]>

const POLL_EVERY_MS = 500

/** A query over some days of a busy log takes some seconds. */
const QUERY_TIMEOUT_MS = 60_000

/** The largest number of rows that CloudWatch returns (API reference, StartQuery). */
const MAX_ROWS = 10_000

/**
 * Runs queries in CloudWatch Logs Insights.
 * @throws if a query does not finish in time.
 */
export function insights(
  logs: CloudWatchLogsClient,
  now: () => number,
  pause: (ms: number) => Promise<void>,
): Insights {
  return async (queryString, logGroups, ms) => {
    const askedAt = now()
    const { queryId } = await logs.send(
      new StartQueryCommand({
        queryString,
        logGroupNames: [...logGroups],
        startTime: Math.floor((askedAt - ms) / 1_000),
        endTime: Math.ceil(askedAt / 1_000),
        limit: MAX_ROWS,
      }),
    )
    for (;;) {
      const { status, results = [] } = await logs.send(new GetQueryResultsCommand({ queryId }))
      if (status === 'Complete') return results.map(toRow)
      if (status !== 'Running' && status !== 'Scheduled')
        throw new Error(`CloudWatch Logs: the query is ${status}`)
      if (now() - askedAt > QUERY_TIMEOUT_MS) throw new Error('CloudWatch Logs: the query takes too long')
      await pause(POLL_EVERY_MS)
    }
  }
}

const toRow = (fields: readonly ResultField[]): InsightsRow =>
  Object.fromEntries(fields.map(({ field = '', value = '' }) => [field, value]))

/**
 * Insights returns a time as `2026-01-05 10:00:00.000` in UTC, but `min` and `max` return it in milliseconds.
 */
export const timeOf = (value: string | undefined): number =>
  value !== undefined && /^[\d.]+(E\d+)?$/.test(value)
    ? Number(value)
    : Date.parse(`${value?.replace(' ', 'T')}Z`)
