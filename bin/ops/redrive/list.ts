import type { QueueName } from '../../../functions/shared/record.ts'
import type { DeadLetterHandle, ReceivedDeadLetter } from './dead-letter.ts'

/**
 * How long the letters stay hidden from others while this run decides about them and puts them back, in seconds. After
 * a kill they show up again by themselves by then.
 */
export const DEAD_LETTERS_HIDDEN_SECONDS = 15 * 60

/** Receives under way at once, per queue: most of a receive is waiting for the network. */
const RECEIVERS = 4

/** What is listed is held in memory, in several forms. In characters, which are bytes. */
const MAX_LISTED_CHARACTERS = 200_000_000

/**
 * Of each queue. SQS hands out no more of a FIFO queue while 120,000 of it are in flight, and doesn't say so (Amazon SQS
 * Developer Guide, "Amazon SQS FIFO queue quotas"): it would look as if there were none left.
 */
const MAX_PER_QUEUE = 100_000

export type ListDeps = {
  /** Hands out letters and hides them for so many seconds. @returns none where none is visible. */
  receive: (queue: QueueName, seconds: number) => Promise<readonly ReceivedDeadLetter[]>
  stop: AbortSignal
}

/** Gets each letter that is listed, by the handle of its receive. */
export type DeadLetterSink = { set: (handle: string, deadLetter: ReceivedDeadLetter) => unknown }

/** `stopped` by the person at the keyboard; `cut short` where there is more than one run can take. */
export type Listing = 'complete' | 'cut short' | 'stopped'

/**
 * Receives every letter that is visible, once: each stands in a message group of its own, so none hides another.
 * @param sink gets the letters, also where a receive fails on the way.
 * @param maxListed so many characters of bodies.
 */
export async function receiveDeadLetters(
  queues: readonly QueueName[],
  { receive, stop }: ListDeps,
  sink: DeadLetterSink,
  maxListed = MAX_LISTED_CHARACTERS,
): Promise<Listing> {
  let listed = 0
  let cutShort = false
  const found: Record<QueueName, number> = { profiles: 0, events: 0 }
  const drain = async (queue: QueueName) => {
    while (!stop.aborted) {
      if (listed >= maxListed || found[queue] >= MAX_PER_QUEUE) {
        cutShort = true
        return
      }
      const deadLetters = await receive(queue, DEAD_LETTERS_HIDDEN_SECONDS)
      if (deadLetters.length === 0) return
      found[queue] += deadLetters.length
      for (const deadLetter of deadLetters) {
        listed += deadLetter.body.length
        sink.set(deadLetter.handle, deadLetter)
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
export async function releaseDeadLetters(
  deadLetters: readonly DeadLetterHandle[],
  hide: (deadLetters: readonly DeadLetterHandle[], seconds: number) => Promise<unknown>,
): Promise<void> {
  for (const ofQueue of Map.groupBy(deadLetters, ({ queue }) => queue).values())
    await hide(ofQueue, RELEASED_SECONDS)
}
