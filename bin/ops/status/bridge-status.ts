import { BRAZE_ANSWERS, type BrazeAnswerClass } from '../../../functions/shared/metrics.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { formatDuration } from '../../cli/duration.ts'
import { formatCount, plural } from '../../cli/plural.ts'
import { formatTime } from '../../cli/time.ts'
import type { EventSourceStatus, QueueState } from '../bridge.ts'
import { QUEUE_NAMES } from '../queue-names.ts'
import type { LastAnswer, QueueFigures } from '../telemetry.ts'
import { formatVerdict, type Verdict } from '../verdict.ts'
import { type ObserveDeps, observe } from './observe.ts'
import { isoTime, type Report } from './report.ts'

export type BridgeStatusDeps = ObserveDeps & {
  /** How many objects a request to Braze may hold. */
  objectsPerRequest: number
  /** The flags that select this bridge on a command line. */
  targetFlags: string
}

type QueueStatus = QueueState & {
  delivery: EventSourceStatus['state']
  deadLetters: number
  lastFiveMinutes: QueueFigures
  lastHour: QueueFigures
}

/** The status of a bridge at one moment. */
type Status = {
  /** Milliseconds since the epoch. */
  at: number
  queues: Readonly<Record<QueueName, QueueStatus>>
  /** Whether the figures include all rows. */
  figuresComplete: boolean
  verdict: Verdict
  braze: { last: LastAnswer | undefined; lastHour: Readonly<Record<BrazeAnswerClass, number>> }
  /** Numbers of parked rows and records, by code. */
  parkedLastDay: Readonly<Record<string, number>>
}

const HOUR_MS = 60 * 60_000
const DAY_MS = 24 * HOUR_MS

/** @throws if the bridge cannot be reached. */
export async function reportBridge(deps: BridgeStatusDeps, name: string): Promise<Report> {
  const status = await readStatus(deps)
  const verdict = formatVerdict(status.verdict, deps.targetFlags)
  const lines = [...verdict, '', ...formatStatus(status, name, deps.objectsPerRequest)]
  return { ok: status.verdict.severity !== 'problem', lines, result: toResult(status) }
}

async function readStatus(deps: BridgeStatusDeps): Promise<Status> {
  const { telemetry } = deps
  const [observed, hour, parkedLastDay] = await Promise.all([
    observe(deps),
    telemetry.figures(HOUR_MS),
    telemetry.parked(DAY_MS),
  ])
  const { at, sources, queues, deadLetters, lastFiveMinutes, lastAnswer, verdict } = observed
  const queue = (name: QueueName): QueueStatus => ({
    ...queues[name],
    deadLetters: deadLetters[name],
    delivery: sources[name].state,
    lastFiveMinutes: lastFiveMinutes[name],
    lastHour: hour[name],
  })
  return {
    at,
    queues: { profiles: queue('profiles'), events: queue('events') },
    verdict,
    figuresComplete: !lastFiveMinutes.incomplete && !hour.incomplete,
    braze: { last: lastAnswer, lastHour: hour.answers },
    parkedLastDay,
  }
}

function toResult({
  verdict: { severity: verdict, waitedMs, ...words },
  queues,
  figuresComplete,
  braze: { last, lastHour },
  parkedLastDay,
}: Status): object {
  return {
    verdict,
    ...words,
    ...(waitedMs !== undefined && { waitedSeconds: Math.round(seconds(waitedMs)) }),
    queues: QUEUE_NAMES.map((queue) => queueResult(queue, queues[queue])),
    figuresComplete,
    ...(last && { lastAnswer: { answeredAt: isoTime(last.at), ...statusResult(last.status) } }),
    answersLastHour: BRAZE_ANSWERS.flatMap((answer) =>
      lastHour[answer] === 0 ? [] : [{ answer, requests: lastHour[answer] }],
    ),
    parkedLastDay: Object.entries(parkedLastDay).map(([code, rows]) => ({ code, rows })),
  }
}

/** Where no answer came, the log has a word in place of the status. */
const statusResult = (status: string) =>
  /^\d+$/.test(status) ? { status: Number(status) } : { reason: status }

const queueResult = (
  queue: QueueName,
  { delivery, waiting, inFlight, oldestMs, deadLetters, lastFiveMinutes, lastHour }: QueueStatus,
) => ({
  queue,
  delivery,
  waiting,
  inProgress: inFlight,
  ...(oldestMs !== undefined && { oldestSeconds: Math.round(seconds(oldestMs)) }),
  deadLetters,
  lastFiveMinutes: figuresResult(lastFiveMinutes),
  lastHour: figuresResult(lastHour),
})

const figuresResult = ({ p50Ms, p99Ms, ...figures }: QueueFigures) => ({
  ...figures,
  ...(p50Ms !== undefined && { medianSeconds: seconds(p50Ms) }),
  ...(p99Ms !== undefined && { p99Seconds: seconds(p99Ms) }),
})

const SECOND_MS = 1_000
const seconds = (ms: number) => ms / SECOND_MS

const NAME_WIDTH = 26
const VALUE_WIDTH = 14

function formatStatus(status: Status, name: string, objectsPerRequest: number): string[] {
  const { profiles, events } = status.queues
  const row = (label: string, of: (queue: QueueStatus) => string) =>
    `${label.padEnd(NAME_WIDTH)}${of(profiles).padStart(VALUE_WIDTH)}${of(events).padStart(VALUE_WIDTH)}`
  return [
    `${name}, ${formatTime(status.at)}`,
    '',
    `${''.padEnd(NAME_WIDTH)}${'profiles'.padStart(VALUE_WIDTH)}${'events'.padStart(VALUE_WIDTH)}`,
    row('Delivery', ({ delivery }) => DELIVERY[delivery]),
    row('Messages waiting', ({ waiting }) => formatCount(waiting)),
    row('  in flight', ({ inFlight }) => formatCount(inFlight)),
    row('  oldest waiting', ({ oldestMs }) => (oldestMs === undefined ? '-' : formatDuration(oldestMs))),
    row('Dead letters', ({ deadLetters }) => formatCount(deadLetters)),
    'Last 5 minutes',
    ...throughput(row, ({ lastFiveMinutes }) => lastFiveMinutes),
    'Last hour',
    ...throughput(row, ({ lastHour }) => lastHour),
    row('  requests filled', ({ lastHour }) => filled(lastHour, objectsPerRequest)),
    row('  time to Braze, median', ({ lastHour: { p50Ms } }) => latency(p50Ms)),
    row('  99th percentile', ({ lastHour: { p99Ms } }) => latency(p99Ms)),
    ...(status.figuresComplete ? [] : INCOMPLETE),
    '',
    ...formatBraze(status),
    ...formatParked(status),
  ]
}

const INCOMPLETE = [
  'Some rows of connections that cdk.json does not name are missing from these figures:',
  'CloudWatch lists their metrics after up to 15 minutes.',
]

const DELIVERY = { enabled: 'on', disabled: 'PAUSED', changing: 'changing' } as const

const throughput = (
  row: (label: string, of: (queue: QueueStatus) => string) => string,
  figures: (queue: QueueStatus) => QueueFigures,
) => [
  row('  rows accepted', (queue) => formatCount(figures(queue).accepted)),
  row('  delivered', (queue) => formatCount(figures(queue).delivered)),
  row('  parked', (queue) => formatCount(figures(queue).parked)),
]

function formatBraze({ at, braze: { last, lastHour } }: Status): string[] {
  const latest = last
    ? `Braze answered ${last.status} ${formatDuration(Math.max(0, at - last.at))} ago.`
    : 'No request was sent to Braze in the last hours.'
  const total = Object.values(lastHour).reduce((sum, answers) => sum + answers, 0)
  if (total === 0) return [latest]
  const classes = BRAZE_ANSWERS.filter((answer) => lastHour[answer] > 0)
  const shares = classes.map((answer) => `${percent(lastHour[answer] / total)} ${inWords(answer)}`)
  return [latest, `${plural(total, 'request')} to Braze in the last hour: ${shares.join(', ')}.`]
}

const inWords = (answer: BrazeAnswerClass) => (answer === 'none' ? 'no answer' : answer)

function formatParked({ parkedLastDay }: Status): string[] {
  const codes = Object.entries(parkedLastDay).sort(([, a], [, b]) => b - a)
  if (codes.length === 0) return ['Nothing was parked in the last 24 hours.']
  return [
    'Parked in the last 24 hours (docs/dead-letters.md explains each code):',
    ...codes.map(([code, parked]) => `  ${formatCount(parked)} ${code}`),
  ]
}

/** @returns how full the requests are, as a share of the objects that one may hold. */
function filled({ requests, objects }: QueueFigures, objectsPerRequest: number): string {
  return requests === 0 ? '-' : percent(objects / (objectsPerRequest * requests))
}

const latency = (ms: number | undefined) => {
  if (ms === undefined) return '-'
  return ms < 10 * SECOND_MS ? `${seconds(ms).toFixed(1)} s` : formatDuration(ms)
}

/** A small share must not look like zero, above all the share of 429. */
const percent = (share: number) => (share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`)
