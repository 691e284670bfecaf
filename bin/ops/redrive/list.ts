import type { QueueName } from '../../../functions/shared/record.ts'
import type { HandedLetter } from './letter.ts'

/**
 * How long the letters stay hidden from others while this run decides about them and puts them back, in seconds. After
 * a kill they show up again by themselves by then.
 */
export const LISTED_SECONDS = 15 * 60

/** Receives under way at once, per queue: most of a receive is waiting for the network. */
const RECEIVERS = 4

/** What is listed is held in memory, in several forms. In characters, which are bytes. */
const MAX_LISTED = 200_000_000

export type ListDeps = {
  /** Hands out letters and hides them for so many seconds. @returns none where none is visible. */
  receive: (queue: QueueName, seconds: number) => Promise<readonly HandedLetter[]>
  stop: AbortSignal
}

/** `stopped` by the person at the keyboard; `cut short` where there is more than one run can take. */
export type Listing = 'complete' | 'cut short' | 'stopped'

/**
 * Receives every letter that is visible, once: each stands in a message group of its own, so none hides another.
 * @param held gets the letters by their handles, also where a receive fails on the way.
 */
export async function list(
  queues: readonly QueueName[],
  { receive, stop }: ListDeps,
  held: Map<string, HandedLetter>,
): Promise<Listing> {
  let listed = 0
  const drain = async (queue: QueueName) => {
    while (!stop.aborted && listed < MAX_LISTED) {
      const letters = await receive(queue, LISTED_SECONDS)
      if (letters.length === 0) return
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
  return listed < MAX_LISTED ? 'complete' : 'cut short'
}
