import * as z from 'zod'
import { BRAZE_ANSWERS, type MetricName } from '../../../functions/shared/metrics.ts'
import type { ProgressLine, ProgressStage } from '../../../functions/shared/progress.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { Figures, LastAnswer, PersonLine, QueueFigures, RunLines } from '../../ops/telemetry.ts'
import { BrazeAnswered, type LogStore, type StoredEntry } from '../log-entries.ts'
import type { Measurements } from '../measurements.ts'
import type { ControlResponse, TelemetryParts } from './parts.ts'

const Since = z.coerce.number()

/**
 * Answers with what a running bridge has measured and logged.
 * @returns undefined for any other address.
 */
export function answerTelemetry(
  { method, path, query }: { method: string; path: string; query: URLSearchParams },
  { measurements, logStore }: TelemetryParts,
): ControlResponse | undefined {
  const since = Since.safeParse(query.get('since') ?? 0).data ?? 0
  switch (`${method} ${path}`) {
    case 'GET /api/telemetry/figures':
      return ok(figuresSince(measurements, since))
    case 'GET /api/telemetry/parked':
      return ok(parkedSince(measurements, since))
    case 'GET /api/telemetry/last-answer':
      return ok({ last: lastAnswer(logStore) })
    case 'GET /api/telemetry/run':
      return ok(runLinesSince(logStore, query.get('run') ?? '', since))
    case 'GET /api/telemetry/person': {
      const person = query.get('person')
      return ok(person ? personLinesSince(logStore, person, since) : [])
    }
  }
  return undefined
}

const ok = (body: unknown): ControlResponse => ({ status: 200, body })

/**
 * Gives the answers that CloudWatch gives for a deployed stack, from the measurements and logs of a local
 * run. Times are milliseconds since the epoch.
 */

export const figuresSince = (measured: Measurements, since: number): Figures => ({
  profiles: queueFigures(measured, 'profiles', since),
  events: queueFigures(measured, 'events', since),
  answers: Answers.parse(
    Object.fromEntries(
      BRAZE_ANSWERS.map((answer) => [answer, measured.sum('BrazeAnswers', { answer }, since)]),
    ),
  ),
  holds: measured.sum('BrazeHolding', {}, since),
})

const Answers = z.record(z.enum(BRAZE_ANSWERS), z.number())

function queueFigures(measured: Measurements, kind: QueueName, since: number): QueueFigures {
  const overConnections = (metric: MetricName) =>
    measured
      .series()
      .filter(
        ({ metric: name, dimensions }) =>
          name === metric && dimensions.kind === kind && dimensions.connection !== undefined,
      )
      .reduce((sum, { dimensions }) => sum + measured.sum(metric, dimensions, since), 0)
  const percentile = (share: number) => measured.percentile('AcceptedToDelivered', share, { kind }, since)
  return {
    accepted: overConnections('RowsAccepted'),
    delivered: overConnections('RecordsDelivered'),
    parked: overConnections('RowsParked') + overConnections('RecordsParked'),
    requests: measured.sum('BrazeRequests', { kind }, since),
    objects: measured.sum('BrazeObjects', { kind }, since),
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
  }
}

/** Counts what was parked since `since`, by code. */
function parkedSince(measured: Measurements, since: number): Record<string, number> {
  const parked: Record<string, number> = {}
  for (const { metric, dimensions } of measured.series()) {
    if (metric !== 'Parked' || dimensions.code === undefined) continue
    const count = measured.sum('Parked', dimensions, since)
    if (count > 0) parked[dimensions.code] = count
  }
  return parked
}

export function lastAnswer(log: LogStore): LastAnswer | undefined {
  for (const { at, entry } of log.entries().toReversed()) {
    const { data } = BrazeAnswered.safeParse(entry)
    if (data) return { at, status: String(data.status) }
  }
  return undefined
}

const LoggedProgress = z.object({
  message: z.enum(['run progress', 'audience progress'] satisfies ProgressLine['message'][]),
  stage: z.enum(['accepted', 'delivered'] satisfies ProgressStage[]),
  connection: z.string(),
  kind: z.string(),
  run: z.string(),
  audience: z.string().optional(),
  accepted: z.number().default(0),
  delivered: z.number().default(0),
  parked: z.number().default(0),
})

/** Returns every line on its own; the caller adds them up. */
function runLinesSince(log: LogStore, run: string, since: number): RunLines {
  const lines = log.entries(since).flatMap(({ at, entry }) => {
    const { data } = LoggedProgress.safeParse(entry)
    return data?.run === run ? [{ at, ...data, done: data.accepted + data.delivered }] : []
  })
  return {
    queues: lines
      .filter(({ message }) => message === 'run progress')
      .map(({ at, stage, connection, kind, done, parked }) => ({
        stage,
        connection,
        kind,
        done,
        parked,
        firstAt: at,
        lastAt: at,
      })),
    audiences: lines.flatMap(({ stage, audience, done, parked }) =>
      audience === undefined ? [] : [{ stage, audience, done, parked }],
    ),
  }
}

/** Returns the log lines that name a person. Their fields are strings, as in CloudWatch. */
const personLinesSince = (log: LogStore, person: string, since: number): PersonLine[] =>
  log
    .entries(since)
    .filter(({ entry }) => JSON.stringify(entry).includes(person))
    .map(toPersonLine)

const Text = z.union([z.string(), z.number().transform(String)]).optional()
const LoggedFields = z.object({
  message: z.string(),
  requestId: Text,
  endpoint: Text,
  connection: Text,
  status: Text,
  accepted: Text,
  rejected: Text,
  code: Text,
  kind: Text,
  run: Text,
})

const toPersonLine = ({ at, entry }: StoredEntry): PersonLine => ({ at, ...LoggedFields.parse(entry) })
