import type { RedriveOptions } from '../../bin/ops/redrive/options.ts'
import { type RedriveDeps, redrive } from '../../bin/ops/redrive/redrive.ts'
import type { World } from '../../bin/proof/world.ts'
import type { SendBatch } from '../../functions/shared/queue.edge.ts'
import { NO_PROGRESS } from '../no-progress.ts'

/** The codes to redrive. The receiver or the worker would park records with any other code again. */
export const REDRIVABLE_CODES = [
  'REJECTED_BY_BRAZE',
  'BRAZE_FAILS_ON_IT',
  'MAY_HAVE_ARRIVED',
  'WORKER_DIED',
  'MOVED_BY_SQS',
]

const REDRIVE_OPTIONS: RedriveOptions = {
  queues: ['profiles', 'events'],
  codes: REDRIVABLE_CODES,
  deadLetterIds: [],
  connection: undefined,
  run: undefined,
  maxAgeMs: Number.POSITIVE_INFINITY,
  includeStale: true,
  includeDoubtful: true,
  rate: Number.POSITIVE_INFINITY,
  yes: true,
  show: false,
}

/** Messages that a redrive leaves in a dead-letter queue are visible again after a second. */
const UNTIL_VISIBLE_MS = 2_000

/** Redrives all dead letters with redrivable codes, including the stale and doubtful ones. */
export async function redriveAll(world: World, sendBatch: SendBatch): Promise<void> {
  const { deadLetters, now, newId, sleep, settings } = world
  const deps: RedriveDeps = {
    receive: async (queue, seconds) => {
      const received = deadLetters[queue].receive(10)
      for (const { handle } of received) deadLetters[queue].changeVisibility(handle, seconds)
      return received.map(({ id, ...message }) => ({ ...message, queue, messageId: id }))
    },
    hide: async (messages, seconds) =>
      messages.filter(({ queue, handle }) => !deadLetters[queue].changeVisibility(handle, seconds)),
    remove: async ({ queue, handle }) => deadLetters[queue].delete(handle),
    count: async (names) => {
      const counts = names.map((name) => deadLetters[name].counts())
      return {
        visible: counts.reduce((sum, { visible }) => sum + visible, 0),
        hidden: counts.reduce((sum, { inFlight }) => sum + inFlight, 0),
      }
    },
    startProgress: NO_PROGRESS,
    sendBatch,
    now,
    newId,
    pause: sleep,
    stop: new AbortController().signal,
    settings,
    out: () => undefined,
  }
  // A message that SQS moved keeps its lane as its message group, so one redrive may not receive all of them.
  for (let done = -1; done !== 0; ) {
    const redriven = await redrive(REDRIVE_OPTIONS, deps)
    if (!redriven.complete) throw new Error('not all letters were put back')
    done = redriven.done.size
    await sleep(UNTIL_VISIBLE_MS)
  }
}
