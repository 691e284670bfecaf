import { durationInWords } from '../../cli/duration.ts'
import { formatTime } from '../../cli/time.ts'
import type { RunProgress } from './run-progress.ts'

export type RunQuery = {
  run: string
  /** Length of the searched period in milliseconds. */
  sinceMs: number
  /** Whether the queues hold no message, neither waiting nor in flight. */
  queuesEmpty: boolean
  /** Queues whose delivery is paused. */
  paused: readonly string[]
  /** The flags that select the target on a command line. */
  targetFlags: string
}

/** Reports whether a run has arrived: first a plain sentence for whoever sent it, then the figures. */
export function formatRun(progress: RunProgress | undefined, query: RunQuery): string[] {
  if (!progress)
    return [
      `Nothing is known of run ${query.run} in the last ${durationInWords(query.sinceMs)}.`,
      'Is it written as the sender writes it? --since looks further back, as far as the log is kept (logRetentionDays in cdk.json).',
    ]
  const { accepted, refused, delivered, givenUp, underWay, again } = progress
  return [
    sentence(progress, query),
    '',
    figure('Accepted', accepted, during(progress)),
    figure(
      'Delivered',
      delivered,
      progress.lastEndedAt === undefined ? '' : `last ${formatTime(progress.lastEndedAt)}`,
    ),
    figure('Parked', refused + givenUp, refused > 0 ? `${count(refused)} that could not be read` : ''),
    figure('Under way', underWay, ''),
    ...audienceTable(progress),
    ...(again > 0
      ? [
          '',
          `${rows(again)} more than were accepted: what is put back counts again, and so does what a fault made the worker send twice.`,
        ]
      : []),
    ...(underWay > 0 && query.paused.length > 0
      ? [
          '',
          `Delivery is paused of ${query.paused.join(' and ')}: npm run ops -- resume ${query.targetFlags} goes on with it.`,
        ]
      : []),
    ...(underWay > 0 && query.queuesEmpty ? ['', ...missingNote(query.targetFlags)] : []),
  ]
}

/** Explains why the log may not account for all rows although the queues are empty. */
const missingNote = (targetFlags: string) => [
  'A request that the sender repeated is counted twice and kept once, and a worker that was cut off does not tell what it',
  `has done; the log is also some seconds late. npm run ops -- verify FILE ${targetFlags} asks Braze itself.`,
]

function sentence(
  { accepted, refused, delivered, givenUp, underWay }: RunProgress,
  { run, sinceMs, queuesEmpty }: RunQuery,
): string {
  const total = accepted + refused
  const parked = refused + givenUp
  if (total === 0)
    return `Run ${run} was accepted before the last ${durationInWords(sinceMs)}, in which ${count(delivered)} of its rows were delivered; --since looks further back.`
  if (accepted === 0)
    return `Run ${run} has not arrived: none of its ${rows(refused)} could be read, and all are parked.`
  const withParked = parked > 0 ? `, ${count(parked)} ${parked === 1 ? 'is' : 'are'} parked` : ''
  if (underWay > 0 && queuesEmpty)
    return `Run ${run} has left the queues, which are empty; the log does not tell what became of ${count(underWay)} of ${rows(total)}${withParked}.`
  if (underWay > 0)
    return `Run ${run}: ${count(underWay)} of ${rows(total)} ${underWay === 1 ? 'is' : 'are'} still on the way${withParked}.`
  if (parked === 0)
    return `Run ${run} has arrived: Braze has taken ${total === 1 ? 'its one row' : `all ${rows(total)}`}.`
  return `Run ${run} has arrived: Braze has taken ${count(Math.min(delivered, total))} of ${rows(total)}${withParked}.`
}

function during({ firstAt, lastAcceptedAt }: RunProgress): string {
  if (firstAt === undefined || lastAcceptedAt === undefined) return ''
  return `first ${formatTime(firstAt)}, last ${formatTime(lastAcceptedAt)}`
}

const LABEL_WIDTH = 11
const COUNT_WIDTH = 12

const figure = (label: string, value: number, note: string) =>
  `${label.padEnd(LABEL_WIDTH)}${count(value).padStart(COUNT_WIDTH)}  ${note}`.trimEnd()

function audienceTable({ audiences }: RunProgress): string[] {
  if (audiences.length === 0) return []
  const width = Math.max('Audience'.length, ...audiences.map(({ audience }) => audience.length))
  const line = (name: string, ...cells: string[]) =>
    `${name.padEnd(width)}${cells.map((cell) => cell.padStart(COUNT_WIDTH)).join('')}`
  return [
    '',
    line('Audience', 'accepted', 'delivered', 'parked'),
    ...audiences.map(({ audience, accepted, delivered, parked }) =>
      line(audience, count(accepted), count(delivered), count(parked)),
    ),
  ]
}

const count = (value: number) => value.toLocaleString('en')
const rows = (value: number) => `${count(value)} ${value === 1 ? 'row' : 'rows'}`
