import type { RedriveDeps } from '../../bin/ops/redrive/redrive.ts'
import { redrive } from '../../bin/ops/redrive/redrive.ts'
import { settingsOf } from './senders.ts'
import type { World } from './world.ts'

/** What the receiver or the worker refuse themselves, they would refuse again. */
export const OF_BRAZE = [
  'REJECTED_BY_BRAZE',
  'BRAZE_FAILS_ON_IT',
  'MAY_HAVE_ARRIVED',
  'WORKER_DIED',
  'MOVED_BY_SQS',
]

/** Puts back all letters that Braze was the reason of, as an operator would who wants every one of them. */
export async function redriveAll({ scenario, run, now, sleep, sendBatch, newId }: World): Promise<void> {
  const { deadLetters } = run
  const deps: RedriveDeps = {
    receive: async (queue, seconds) => {
      const letters = deadLetters[queue].receive(10)
      for (const { handle } of letters) deadLetters[queue].changeVisibility(handle, seconds)
      return letters.map(({ id, ...letter }) => ({ ...letter, queue, messageId: id }))
    },
    hide: async (letters, seconds) =>
      letters.filter(({ queue, handle }) => !deadLetters[queue].changeVisibility(handle, seconds)),
    remove: async ({ queue, handle }) => deadLetters[queue].delete(handle),
    countHidden: async (names) => names.reduce((sum, name) => sum + deadLetters[name].counts().inFlight, 0),
    sendBatch,
    now,
    newId,
    pause: sleep,
    stop: new AbortController().signal,
    settings: settingsOf(scenario),
    out: () => undefined,
  }
  const { complete } = await redrive(
    {
      queues: ['profiles', 'events'],
      codes: OF_BRAZE,
      connection: undefined,
      maxAgeMs: Number.POSITIVE_INFINITY,
      includeStale: true,
      includeDoubtful: true,
      yes: true,
      show: false,
    },
    deps,
  )
  if (!complete) throw new Error('not all letters were put back')
}
