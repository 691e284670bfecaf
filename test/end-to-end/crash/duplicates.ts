import type { Evidence, Kill } from './evidence.ts'

/** Events that arrived more than once, by the cause of the extra copy. */
export type Duplicates = {
  /** The number of copies after a kill before Braze had answered the request. */
  answerLost: number
  /** The number of copies after a kill between Braze's answer and the deletion of the message. */
  notDeleted: number
  /** The longest time from Braze's answer to such a kill, in milliseconds. */
  longestMs: number
  /**
   * The number of copies that the sender sent again, because a kill came before it had its answer. SQS would
   * have deduplicated them.
   */
  resent: number
  /** Events whose extra copies no kill explains. */
  unexplained: { n: number; times: number }[]
}

/**
 * The longest plausible time from Braze's answer to the deletion of the message, in milliseconds: the pace's
 * 80 and a call to the queue, on a busy machine. If a message is still not deleted later, the worker has
 * forgotten it.
 */
const SETTLE_MS = 500

/**
 * Explains each copy after the first by one kill. Each kill explains at most one copy by the worker, and only
 * if the previous copy arrived before the kill and this one after it. It also explains at most one copy by
 * the sender.
 * @param answerMs the time that Braze took for each answer, in milliseconds.
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

/** Removes the first kill that fits from the list and returns it. */
function take(kills: Kill[], fits: (kill: Kill) => boolean): Kill | undefined {
  const index = kills.findIndex(fits)
  return index === -1 ? undefined : kills.splice(index, 1)[0]
}
