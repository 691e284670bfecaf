import { MAX_RECEIVE_COUNT, RETENTION_DAYS } from '../../functions/shared/limits.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import { formatDuration } from '../cli/duration.ts'
import { SEARCH_WINDOW } from '../proof/fifo-queue.ts'
import type { Snapshot } from './observe.ts'
import { neverDrains, type OutageScenario, type Result } from './simulate.ts'
import { KINDS } from './world.ts'

const MINUTE_MS = 60_000
const MILLION = 1_000_000

/** Smaller counts are printed exactly, larger ones in millions. */
const FEW = 10_000

const HEADER = [
  'minute',
  'profile rows waiting',
  'oldest',
  'events waiting',
  'oldest',
  'requests a second',
  'events p50',
  'events p99',
]

const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`

/** The head of the Markdown table with one row for each snapshot. */
export const tableHead = () => [row(HEADER), row(HEADER.map(() => '---'))]

/** @param outageBegins in milliseconds since the start. The row's minutes count from here. */
export const tableRow = (snapshot: Snapshot, outageBegins: number) => row(cells(snapshot, outageBegins))

function cells({ atMs, queues: { profiles, events } }: Snapshot, outageBegins: number): string[] {
  return [
    String(Math.round((atMs - outageBegins) / MINUTE_MS)),
    countOf(profiles.rows),
    formatDuration(profiles.ageMs),
    countOf(events.rows),
    formatDuration(events.ageMs),
    String(Math.round(profiles.requestsPerSecond + events.requestsPerSecond)),
    latency(events.p50Ms),
    latency(events.p99Ms),
  ]
}

const countOf = (rows: number) =>
  rows < FEW ? rows.toLocaleString('en') : `${(rows / MILLION).toFixed(2)} M`

function latency(ms: number | undefined): string {
  if (ms === undefined) return '–'
  return ms < MINUTE_MS ? `${(ms / 1_000).toFixed(1)} s` : formatDuration(ms)
}

/** The conclusions, in sentences. */
export function verdicts(
  result: Result,
  { limit, fleet }: Pick<OutageScenario, 'limit' | 'fleet'>,
): string[] {
  const perSecond = limit.requests / limit.seconds
  const { profiles, events } = fleet.queues
  const budget = profiles.requestsPerSecond + events.requestsPerSecond
  const { braze } = result.counts
  return [
    ...KINDS.map((kind) => drained(kind, result)),
    ...KINDS.filter((kind) => result.blockedMs[kind] > 0).map((kind) => blocked(kind, result)),
    ...(budget > perSecond
      ? [`The queues together may send ${budget} requests a second, and the contract allows ${perSecond}.`]
      : []),
    `To Braze went ${braze.count.requests.toLocaleString('en')} requests: ${braze.count.failed.toLocaleString('en')} in vain during the outage, ${braze.count.throttled.toLocaleString('en')} were told to wait (429).`,
    lost(result),
  ]
}

function drained(kind: QueueName, { drainedAt, outage, snapshots }: Result): string {
  const at = drainedAt[kind]
  if (at !== undefined) return `${kind}: drained ${formatDuration(at - outage.to)} after the outage.`
  return neverDrains(snapshots, outage.to).includes(kind)
    ? `${kind}: NEVER DRAINS. More comes in than goes out.`
    : `${kind}: not drained yet when the simulation ended.`
}

const blocked = (kind: QueueName, { blockedMs }: Result) =>
  `${kind}: for ${formatDuration(blockedMs[kind])} some workers stood idle while lanes waited, because the queue looks for lanes among its first ${SEARCH_WINDOW.toLocaleString('en')} messages only, and all of those were of lanes that were hidden or in work.`

function lost(result: Result): string {
  const { lost, counts } = result
  const parked = KINDS.reduce((sum, kind) => sum + counts.fleets[kind].count.parkedRows, 0)
  if (lost) return `LOST: messages stood longer than the ${RETENTION_DAYS} days that SQS keeps them.`
  if (isGivenUp(result))
    return `GIVEN UP: SQS moves what was received ${thousands(MAX_RECEIVE_COUNT)} times to the dead-letter queues.`
  if (parked > 0) return `${parked} rows stand in the dead-letter queues.`
  const inFlight = Math.max(...KINDS.map((kind) => counts.queues[kind].count.mostInFlight))
  return `Nothing was lost or parked: at most ${mostReceives(result)} of ${thousands(MAX_RECEIVE_COUNT)} receives, and ${inFlight.toLocaleString('en')} of ${thousands(SEARCH_WINDOW)} messages in flight.`
}

const thousands = (count: number) => count.toLocaleString('en')

const mostReceives = ({ counts: { fleets } }: Result) =>
  Math.max(...KINDS.map((kind) => fleets[kind].count.mostReceives))

const isGivenUp = (result: Result) => mostReceives(result) >= MAX_RECEIVE_COUNT

export const isHealthy = (result: Result) =>
  !result.lost && !isGivenUp(result) && KINDS.every((kind) => result.drainedAt[kind] !== undefined)
