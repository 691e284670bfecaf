import { formatCount, plural } from '../../cli/plural.ts'
import { formatTime } from '../../cli/time.ts'
import type { RunLines } from '../telemetry.ts'
import { formatVerdict, type Verdict } from '../verdict.ts'
import { isoTime, lastPeriod, type Report } from './report.ts'

/** The progress of a run, as the sum of its log lines. */
export type RunProgress = {
  /** Rows that were queued. */
  accepted: number
  delivered: number
  /** Rows that could not be read, and records that the worker parked. */
  parked: number
  /** The part of `parked` that could not be read. */
  unreadable: number
  /** Rows that were queued, but not yet delivered or parked according to the log. */
  open: number
  /**
   * Rows that were delivered or parked beyond the accepted number, because they were redriven or sent a
   * second time.
   */
  repeated: number
  /**
   * Milliseconds since the epoch: the first and last accepted rows, and the last row that was delivered or
   * parked.
   */
  firstAcceptedAt?: number
  lastAcceptedAt?: number
  lastFinishedAt?: number
  audiences: readonly AudienceProgress[]
}
export type AudienceProgress = { audience: string; accepted: number; delivered: number; parked: number }

/** @returns undefined if the log has no lines about the run. */
export function runProgress({ queues, audiences }: RunLines): RunProgress | undefined {
  if (queues.length === 0) return undefined
  const received = queues.filter(({ stage }) => stage === 'accepted')
  const finished = queues.filter(({ stage }) => stage === 'delivered')
  const [accepted, unreadable] = [sumOf(received, 'done'), sumOf(received, 'parked')]
  const [delivered, parkedByWorker] = [sumOf(finished, 'done'), sumOf(finished, 'parked')]
  const open = accepted - delivered - parkedByWorker
  return {
    accepted,
    delivered,
    parked: unreadable + parkedByWorker,
    unreadable,
    open: Math.max(0, open),
    repeated: Math.max(0, -open),
    ...(received.length > 0 && {
      firstAcceptedAt: Math.min(...received.map(({ firstAt }) => firstAt)),
      lastAcceptedAt: Math.max(...received.map(({ lastAt }) => lastAt)),
    }),
    ...(finished.length > 0 && { lastFinishedAt: Math.max(...finished.map(({ lastAt }) => lastAt)) }),
    audiences: audienceProgress(audiences),
  }
}

const sumOf = (lines: readonly { done: number; parked: number }[], what: 'done' | 'parked') =>
  lines.reduce((sum, line) => sum + line[what], 0)

function audienceProgress(lines: RunLines['audiences']): AudienceProgress[] {
  const names = [...new Set(lines.map(({ audience }) => audience))].sort((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
  return names.map((audience) => {
    const own = lines.filter((line) => line.audience === audience)
    const of = (stage: 'accepted' | 'delivered') =>
      sumOf(
        own.filter((line) => line.stage === stage),
        'done',
      )
    return { audience, accepted: of('accepted'), delivered: of('delivered'), parked: sumOf(own, 'parked') }
  })
}

export type RunQuery = {
  run: string
  /** Length of the searched period in milliseconds. */
  sinceMs: number
  /** Whether the queues hold no message, neither waiting nor in flight. */
  queuesEmpty: boolean
  /** Why the bridge holds rows; absent if it does not, or if the run has no rows in the queues. */
  hold?: Verdict | undefined
  /** The flags that select the target on a command line. */
  targetFlags: string
}

/**
 * Reports whether all rows of a run are in Braze: first a sentence for whoever sent it, then the figures.
 * @param progress undefined if the log has no lines about the run.
 */
export function reportRun(progress: RunProgress | undefined, query: RunQuery): Report {
  const { run, queuesEmpty } = query
  const state = runState(progress, query)
  if (!progress)
    return { ok: false, lines: unknownRun(query), result: { run, state, known: false, queuesEmpty } }
  const { accepted, parked, open, firstAcceptedAt, lastAcceptedAt, lastFinishedAt, ...counts } = progress
  return {
    ok: state === 'arrived',
    isFinal: open === 0 && accepted > 0,
    lines: formatRun(progress, query),
    result: {
      run,
      state,
      known: true,
      accepted,
      parked,
      ...counts,
      inProgress: queuesEmpty ? 0 : open,
      missing: queuesEmpty ? open : 0,
      ...(firstAcceptedAt !== undefined && { firstAcceptedAt: isoTime(firstAcceptedAt) }),
      ...(lastAcceptedAt !== undefined && { lastAcceptedAt: isoTime(lastAcceptedAt) }),
      ...(lastFinishedAt !== undefined && { lastFinishedAt: isoTime(lastFinishedAt) }),
      queuesEmpty,
    },
  }
}

export type RunState = 'arrived' | 'in progress' | 'held' | 'incomplete' | 'unknown'

/** Rows that were redriven are counted as parked and as delivered. The log does not tell which they are. */
export function runState(progress: RunProgress | undefined, { queuesEmpty, hold }: RunQuery): RunState {
  if (!progress) return 'unknown'
  const { accepted, parked, open } = progress
  if (open > 0 && !queuesEmpty) return hold ? 'held' : 'in progress'
  return accepted > 0 && open === 0 && parked === 0 ? 'arrived' : 'incomplete'
}

const unknownRun = ({ run, sinceMs }: RunQuery) => [
  `Nothing is known of run ${run} in ${lastPeriod(sinceMs)}.`,
  'Check that this is the id that the sender uses. --since looks further back, as',
  'far as the log is kept (logRetentionDays in cdk.json).',
]

function formatRun(progress: RunProgress, query: RunQuery): string[] {
  const { accepted, unreadable, delivered, parked, open, repeated, lastFinishedAt } = progress
  const { queuesEmpty, hold, targetFlags } = query
  return [
    sentence(progress, query),
    ...(hold ? formatVerdict(hold, targetFlags) : []),
    '',
    figure('Accepted', accepted, during(progress)),
    figure('Delivered', delivered, lastFinishedAt === undefined ? '' : `last ${formatTime(lastFinishedAt)}`),
    figure('Parked', parked, unreadable > 0 ? `${formatCount(unreadable)} could not be read` : ''),
    figure(queuesEmpty && open > 0 ? 'Missing' : 'In progress', open, ''),
    ...audienceTable(progress),
    ...(repeated > 0
      ? [
          '',
          `${plural(repeated, 'row')} more than accepted: redriven rows count again, and so do rows`,
          'that the worker sent twice after a fault.',
          `${VERIFY} ${targetFlags} asks Braze itself.`,
        ]
      : []),
    ...(open > 0 && queuesEmpty ? ['', ...missingNote(targetFlags)] : []),
  ]
}

const VERIFY = 'npm run ops -- verify FILE'

/** Explains why the log may not account for all rows although the queues are empty. */
const missingNote = (targetFlags: string) => [
  'A request that the sender repeated is counted twice and kept once. A worker',
  'that was cut off does not log what it has done. The log is some seconds late.',
  `${VERIFY} ${targetFlags} asks Braze itself.`,
]

function sentence(
  { accepted, unreadable, delivered, parked, open, repeated }: RunProgress,
  { run, sinceMs, queuesEmpty, hold }: RunQuery,
): string {
  const total = accepted + unreadable
  if (total === 0)
    return `Run ${run} was accepted before ${lastPeriod(sinceMs)}, in which ${plural(delivered, 'row')} of it reached Braze. --since looks further back.`
  if (accepted === 0)
    return `Run ${run} is incomplete: none of its ${plural(unreadable, 'row')} could be read, and all are parked.`
  const withParked = parked > 0 ? `, ${formatCount(parked)} ${parked === 1 ? 'is' : 'are'} parked` : ''
  const ofTotal = `of ${plural(total, 'row')}`
  if (open > 0 && queuesEmpty)
    return `Run ${run} is incomplete: the queues are empty, but the log does not account for ${formatCount(open)} ${ofTotal}${withParked}.`
  if (open > 0)
    return `Run ${run} is ${hold ? 'held' : 'in progress'}: ${formatCount(open)} ${ofTotal} ${open === 1 ? 'is' : 'are'} not in Braze yet${withParked}.`
  if (parked === 0)
    return `Run ${run} has arrived: ${total === 1 ? 'its only row is' : `all ${plural(total, 'row')} are`} in Braze.`
  if (repeated > 0)
    return `Run ${run} may be incomplete: ${formatCount(parked)} ${ofTotal} ${parked === 1 ? 'was' : 'were'} parked, and some were delivered again.`
  return `Run ${run} is incomplete: ${formatCount(delivered)} ${ofTotal} ${delivered === 1 ? 'is' : 'are'} in Braze${withParked}.`
}

function during({ firstAcceptedAt, lastAcceptedAt }: RunProgress): string {
  if (firstAcceptedAt === undefined || lastAcceptedAt === undefined) return ''
  return `first ${formatTime(firstAcceptedAt)}, last ${formatTime(lastAcceptedAt)}`
}

const LABEL_WIDTH = 11
const COUNT_WIDTH = 12

const figure = (label: string, value: number, note: string) =>
  `${label.padEnd(LABEL_WIDTH)}${formatCount(value).padStart(COUNT_WIDTH)}  ${note}`.trimEnd()

function audienceTable({ audiences }: RunProgress): string[] {
  if (audiences.length === 0) return []
  const width = Math.max('Audience'.length, ...audiences.map(({ audience }) => audience.length))
  const line = (name: string, ...cells: string[]) =>
    `${name.padEnd(width)}${cells.map((cell) => cell.padStart(COUNT_WIDTH)).join('')}`
  return [
    '',
    line('Audience', 'accepted', 'delivered', 'parked'),
    ...audiences.map(({ audience, accepted, delivered, parked }) =>
      line(audience, formatCount(accepted), formatCount(delivered), formatCount(parked)),
    ),
  ]
}
