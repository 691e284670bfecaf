import type { QueueName } from '../../../functions/shared/record.ts'
import type { DeadLetterHandle, ReceivedDeadLetter } from './dead-letter.ts'

/**
 * Seconds for which the dead letters stay hidden from other consumers while this run decides about them and
 * redrives them. After a kill they become visible again by then.
 */
export const DEAD_LETTERS_HIDDEN_SECONDS = 15 * 60

/** Receives in flight at once, per queue. Most of a receive is waiting for the network. */
const RECEIVERS = 4

/**
 * The largest total size of the listed bodies, which are held in memory in several forms. In characters, each
 * of which is a byte.
 */
const MAX_LISTED_CHARACTERS = 200_000_000

/**
 * Limit per queue. SQS delivers no more messages of a FIFO queue while 120,000 are in flight, and does not
 * report it (Amazon SQS Developer Guide, "Amazon SQS FIFO queue quotas"), so the queue would look empty.
 */
const MAX_PER_QUEUE = 100_000

export type ListDeps = {
  /** Receives dead letters and hides them for `seconds`. @returns an empty list if none is visible. */
  receive: (queue: QueueName, seconds: number) => Promise<readonly ReceivedDeadLetter[]>
  stop: AbortSignal
}

/** Receives each listed dead letter, by its receipt handle. */
export type DeadLetterSink = { set: (handle: string, deadLetter: ReceivedDeadLetter) => unknown }

/** `stopped` if the operator ended it; `cut short` if there are more dead letters than one run can take. */
export type Listing = 'complete' | 'cut short' | 'stopped'

/**
 * Receives every visible dead letter once. Each has its own message group, so none blocks another.
 * @param sink receives the dead letters, even if a later receive fails.
 * @param maxListed the largest total size of their bodies, in characters.
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

/** Seconds. SQS makes a message visible again at once if its visibility timeout is set to zero. */
export const RELEASED_SECONDS = 0

/** Makes listed dead letters visible again. */
export async function releaseDeadLetters(
  deadLetters: readonly DeadLetterHandle[],
  hide: (deadLetters: readonly DeadLetterHandle[], seconds: number) => Promise<unknown>,
): Promise<void> {
  for (const ofQueue of Map.groupBy(deadLetters, ({ queue }) => queue).values())
    await hide(ofQueue, RELEASED_SECONDS)
}
