import type { QueueName } from '../../../functions/shared/record.ts'
import type { HandedLetter, InHand } from './letter.ts'

/**
 * How long the letters stay hidden from others while this run decides about them and puts them back, in seconds. After
 * a kill they show up again by themselves by then.
 */
export const LISTED_SECONDS = 15 * 60

/** Receives under way at once, per queue: most of a receive is waiting for the network. */
const RECEIVERS = 4

/** What is listed is held in memory, in several forms. In characters, which are bytes. */
const MAX_LISTED = 200_000_000

/**
 * Of each queue. SQS hands out no more of a FIFO queue while 120,000 of it are in flight, and doesn't say so (Amazon SQS
 * Developer Guide, "Amazon SQS FIFO queue quotas"): it would look as if there were none left.
 */
const MAX_LETTERS = 100_000

export type ListDeps = {
  /** Hands out letters and hides them for so many seconds. @returns none where none is visible. */
  receive: (queue: QueueName, seconds: number) => Promise<readonly HandedLetter[]>
  stop: AbortSignal
}

/** Gets each letter that is listed, by the handle of its receive. */
export type Held = { set: (handle: string, letter: HandedLetter) => unknown }

/** `stopped` by the person at the keyboard; `cut short` where there is more than one run can take. */
export type Listing = 'complete' | 'cut short' | 'stopped'

/**
 * Receives every letter that is visible, once: each stands in a message group of its own, so none hides another.
 * @param held gets the letters, also where a receive fails on the way.
 * @param maxListed so many characters of bodies.
 */
export async function list(
  queues: readonly QueueName[],
  { receive, stop }: ListDeps,
  held: Held,
  maxListed = MAX_LISTED,
): Promise<Listing> {
  let listed = 0
  let cutShort = false
  const found: Record<QueueName, number> = { profiles: 0, events: 0 }
  const drain = async (queue: QueueName) => {
    while (!stop.aborted) {
      if (listed >= maxListed || found[queue] >= MAX_LETTERS) {
        cutShort = true
        return
      }
      const letters = await receive(queue, LISTED_SECONDS)
      if (letters.length === 0) return
      found[queue] += letters.length
      for (const letter of letters) {
        listed += letter.body.length
        held.set(letter.handle, letter)
      }
    }
  }
  const ended = await Promise.allSettled(
    queues.flatMap((queue) => Array.from({ length: RECEIVERS }, () => drain(queue))),
  )
  for (const drained of ended) if (drained.status === 'rejected') throw drained.reason
  if (stop.aborted) return 'stopped'
  return cutShort ? 'cut short' : 'complete'
}

/** Not zero: the local emulator loses a message whose visibility is set to that. */
export const RELEASED_SECONDS = 1

/** Makes letters visible again that were listed. */
export async function release(
  letters: readonly InHand[],
  hide: (letters: readonly InHand[], seconds: number) => Promise<unknown>,
): Promise<void> {
  for (const ofQueue of Map.groupBy(letters, ({ queue }) => queue).values())
    await hide(ofQueue, RELEASED_SECONDS)
}
