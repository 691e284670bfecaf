import { BRAZE_ANSWERS, type BrazeAnswerClass } from '../../../functions/shared/metrics.ts'
import { MAX_OBJECTS } from '../../../functions/worker/send/batch.ts'
import { formatDuration } from '../../cli/duration.ts'
import { formatTime } from '../../cli/time.ts'
import type { QueueFigures } from '../telemetry.ts'
import type { QueueStatus, Status } from './read-status.ts'

const NAME_WIDTH = 26
const VALUE_WIDTH = 14

/** Formats the status for the operator. */
export function formatStatus(status: Status, name: string): string[] {
  const { profiles, events } = status.queues
  const row = (label: string, of: (queue: QueueStatus) => string) =>
    `${label.padEnd(NAME_WIDTH)}${of(profiles).padStart(VALUE_WIDTH)}${of(events).padStart(VALUE_WIDTH)}`
  return [
    `${name}, ${formatTime(status.at)}`,
    '',
    `${''.padEnd(NAME_WIDTH)}${'profiles'.padStart(VALUE_WIDTH)}${'events'.padStart(VALUE_WIDTH)}`,
    row('Delivery', ({ delivery }) => DELIVERY[delivery]),
    row('Messages waiting', ({ waiting }) => count(waiting)),
    row('  in flight', ({ inFlight }) => count(inFlight)),
    row('  oldest since', ({ oldestMs }) => (oldestMs === undefined ? '-' : formatDuration(oldestMs))),
    row('Dead letters', ({ letters }) => count(letters)),
    'Last 5 minutes',
    ...throughput(row, ({ lastFiveMinutes }) => lastFiveMinutes),
    'Last hour',
    ...throughput(row, ({ lastHour }) => lastHour),
    row('  requests full', ({ lastHour }) => filled(lastHour)),
    row('  until Braze has it, p50', ({ lastHour: { p50Ms } }) => latency(p50Ms)),
    row('  p99', ({ lastHour: { p99Ms } }) => latency(p99Ms)),
    '',
    formatBraze(status),
    formatParked(status),
  ]
}

const DELIVERY = { enabled: 'on', disabled: 'PAUSED', changing: 'changing' } as const

const throughput = (
  row: (label: string, of: (queue: QueueStatus) => string) => string,
  figures: (queue: QueueStatus) => QueueFigures,
) => [
  row('  rows accepted', (queue) => count(figures(queue).accepted)),
  row('  delivered', (queue) => count(figures(queue).delivered)),
  row('  parked', (queue) => count(figures(queue).parked)),
]

function formatBraze({ at, braze: { last, lastHour } }: Status): string {
  const total = Object.values(lastHour).reduce((sum, answers) => sum + answers, 0)
  const latest = last
    ? `Braze answered ${last.status} ${formatDuration(Math.max(0, at - last.at))} ago`
    : 'Braze was not asked in the last hours'
  if (total === 0) return `${latest}.`
  const classes = BRAZE_ANSWERS.filter((answer) => lastHour[answer] > 0)
  const shares = classes.map((answer) => `${percent(lastHour[answer] / total)} ${inWords(answer)}`)
  return `${latest}; in the last hour ${count(total)} ${total === 1 ? 'request' : 'requests'}: ${shares.join(', ')}.`
}

const inWords = (answer: BrazeAnswerClass) => (answer === 'none' ? 'no answer' : answer)

function formatParked({ parkedLastDay }: Status): string {
  const codes = Object.entries(parkedLastDay).sort(([, a], [, b]) => b - a)
  if (codes.length === 0) return 'Nothing was parked in the last 24 hours.'
  return `Parked in the last 24 hours: ${codes.map(([code, parked]) => `${code} ${count(parked)}`).join(', ')}. docs/dead-letters.md explains each.`
}

/** @returns how full the requests are, as a share of the objects that one may hold. */
function filled({ requests, objects }: QueueFigures): string {
  return requests === 0 ? '-' : percent(objects / (MAX_OBJECTS * requests))
}

const latency = (ms: number | undefined) => {
  if (ms === undefined) return '-'
  return ms < 10_000 ? `${(ms / 1_000).toFixed(1)} s` : formatDuration(ms)
}

const count = (value: number) => value.toLocaleString('en')

/** A small share must not look like zero, above all the share of 429. */
const percent = (share: number) => (share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`)
