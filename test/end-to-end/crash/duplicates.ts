import type { Evidence, Kill } from './evidence.ts'

/** Events that arrived more than once, by what explains it. */
export type Duplicates = {
  /** A kill came when Braze had the request and had not answered. */
  answerLost: number
  /** A kill came when Braze had answered, and the queue had not been told. */
  notDeleted: number
  /** Of those: the longest time from the answer to the kill, in milliseconds. */
  longestMs: number
  /** A kill came before the sender had its answer, so it sent the event again: SQS would have recognised it. */
  resent: number
  /** What no kill explains. */
  unexplained: { n: number; times: number }[]
}

/**
 * From Braze's answer until the queue is told, in milliseconds: the pace's 80 and a call to the queue, on a machine that
 * is busy. A message that is not deleted for longer was not on its way, but forgotten.
 */
const SETTLE_MS = 500

/**
 * Explains each copy after the first by one kill. Each kill explains at most one as the worker's, and only between two
 * copies that arrived before and after it, and at most one as the sender's.
 * @param answerMs how long Braze took for each answer.
 */
export function explainDuplicates(
  { arrived, kills }: Pick<Evidence, 'arrived' | 'kills'>,
  answerMs: number,
): Duplicates {
  const duplicates: Duplicates = { answerLost: 0, notDeleted: 0, longestMs: 0, resent: 0, unexplained: [] }
  for (const [n, copies] of Map.groupBy(arrived, (event) => event.n)) {
    const atWorker = kills.filter(({ eventsInHand }) => eventsInHand.some((message) => message.includes(n)))
    const atSender = kills.filter(({ openEvents }) => openEvents.includes(n))
    for (const [index, copy] of copies.entries()) {
      const before = copies[index - 1]
      if (!before) continue
      const answeredAt = before.at + answerMs
      const died = take(
        atWorker,
        ({ at, over }) => before.at <= over && over <= copy.at && at <= answeredAt + SETTLE_MS,
      )
      if (died && died.at < answeredAt) duplicates.answerLost += 1
      else if (died) {
        duplicates.notDeleted += 1
        duplicates.longestMs = Math.max(duplicates.longestMs, died.at - answeredAt)
      } else if (take(atSender, ({ over }) => over <= copy.at)) duplicates.resent += 1
      else duplicates.unexplained.push({ n, times: copies.length })
    }
  }
  return duplicates
}

/** Takes the first that fits out of a list. */
function take(kills: Kill[], fits: (kill: Kill) => boolean): Kill | undefined {
  const index = kills.findIndex(fits)
  return index === -1 ? undefined : kills.splice(index, 1)[0]
}
