import {
  RETENTION_DAYS,
  VISIBILITY_SECONDS,
  WORKER_TIMEOUT_SECONDS,
} from '../../../functions/shared/limits.ts'
import { MAX_BACKOFF_MS, MAX_WAIT_MS } from '../../../functions/worker/send/wait.ts'
import { durationInWords, formatDuration } from '../../cli/duration.ts'
import { plural } from '../../cli/plural.ts'
import type { QueueState } from '../bridge.ts'

export const PAUSE_EFFECTS = [
  `Intake goes on: rows are accepted and wait in order, for ${RETENTION_DAYS} days at most; then SQS deletes them.`,
  'The alarm for the backlog fires meanwhile, as it should.',
  'What waits was mapped when it was accepted: a corrected mapping holds for the rows that come after it.',
]

const IN_FLIGHT_NOTE = `What the worker has already ends within ${durationInWords(WORKER_TIMEOUT_SECONDS * 1_000)}.`

const HOW_LONG_HIDDEN = [
  `  up to ${durationInWords(MAX_BACKOFF_MS)} where Braze failed,`,
  `  up to ${durationInWords(MAX_WAIT_MS)} where Braze itself told how long to wait,`,
  `  up to ${durationInWords(VISIBILITY_SECONDS * 1_000)} where the worker had them when it was stopped.`,
]

type Queue = { name: string; state: QueueState }

export const formatPaused = (queues: readonly Queue[], resume: string): string[] => [
  `Paused: ${joinNames(queues)}. ${IN_FLIGHT_NOTE}`,
  ...PAUSE_EFFECTS,
  ...queues.map(waiting),
  `To go on: ${resume}`,
]

export function formatResumed(queues: readonly Queue[]): string[] {
  const hidden = queues.reduce((sum, { state }) => sum + state.inFlight, 0)
  return [
    `On: ${joinNames(queues)}. What waits is delivered in order, by itself.`,
    ...queues.map(waiting),
    ...(hidden === 0
      ? ['No message was told to wait: delivery begins at once.']
      : [
          `${plural(hidden, 'message')} with the worker, or told to wait. Those wait on, and what is behind them in their lanes:`,
          ...HOW_LONG_HIDDEN,
        ]),
  ]
}

export const formatNotYet = (queues: readonly string[], what: string, status: string): string =>
  `AWS has not ${what} ${queues.join(' and ')} yet. It goes on with it; ${status} shows when it is done.`

const joinNames = (queues: readonly Queue[]) => queues.map(({ name }) => name).join(' and ')

function waiting({ name, state: { waiting, inFlight, oldestMs } }: Queue): string {
  const oldest = oldestMs === undefined ? '' : `, the oldest since ${formatDuration(oldestMs)}`
  return `  ${name}: ${plural(waiting, 'message')} waiting, ${inFlight} in flight${oldest}`
}
