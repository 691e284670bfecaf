import type { Settings } from '../../../functions/receiver/settings.ts'
import { enqueue } from '../../../functions/receiver/store/enqueue.ts'
import type { SendBatch } from '../../../functions/shared/queue.edge.ts'
import { type Step, toChains } from './chains.ts'
import type { HandedLetter, InHand } from './letter.ts'
import type { Pace } from './pace.ts'
import type { PlannedLetter } from './plan.ts'

export type PutBackDeps = {
  sendBatch: SendBatch
  /** Hides letters of one queue for so many seconds from now. @returns those that could not be. */
  hide: (letters: readonly InHand[], seconds: number) => Promise<readonly InHand[]>
  /** @returns whether SQS says that it is gone. */
  remove: (letter: HandedLetter) => Promise<boolean>
  now: () => number
  newId: () => string
  pause: (ms: number) => Promise<void>
  /** Aborted when the person at the keyboard wants an end. */
  stop: AbortSignal
  settings: Settings
}

/** How long a letter stays hidden while its message is being sent. */
const HELD_SECONDS = 60

export type PutBack = {
  /** Letters that are gone: what they held is in its source queue. */
  done: Set<PlannedLetter>
  /** Of these all or a part was sent, and the letter still stands. */
  begun: Set<PlannedLetter>
}

/**
 * Puts letters back: send, then delete, so that nothing is lost at any moment. Each lane goes by itself, one message
 * after the other, and ends at the first that fails: what came later must not overtake it.
 * @param pace of all lanes together.
 * @param onDone gets each letter that is gone.
 * @param until milliseconds since the epoch after which nothing more is begun.
 */
export async function putBack(
  letters: readonly PlannedLetter[],
  until: number,
  pace: Pace,
  onDone: (planned: PlannedLetter) => void,
  deps: PutBackDeps,
): Promise<PutBack> {
  const chains = toChains(letters, deps.settings, deps.newId)
  const unsent = new Map<PlannedLetter, number>()
  for (const { planned } of chains.flat()) unsent.set(planned, (unsent.get(planned) ?? 0) + 1)
  const result: PutBack = { done: new Set(), begun: new Set() }

  const take = async ({ message, planned, records }: Step): Promise<boolean> => {
    if (!(await pace(records))) return false
    const left = unsent.get(planned) ?? 1
    const isOnly = left === 1 && !result.begun.has(planned)
    if (isOnly && !(await hold(planned, deps))) return false
    result.begun.add(planned)
    if (!(await enqueue([[message]], until, deps))) return false
    unsent.set(planned, left - 1)
    if (left > 1) return true
    if (!(await deps.remove(planned.letter))) return false
    result.begun.delete(planned)
    result.done.add(planned)
    onDone(planned)
    return true
  }

  await Promise.all(
    chains.map(async (chain) => {
      for (const step of chain) {
        if (!(await take(step))) return
      }
    }),
  )
  return result
}

/**
 * If this process is killed in the moment of the sending, the letter shows up again within the five minutes in which SQS
 * recognises the message if it is sent once more. Not for a letter of several messages: the last of them may be far back
 * in another lane, and the letter would show up before.
 * @returns false where the letter is not ours any more.
 */
export const hold = async ({ letter }: PlannedLetter, { hide }: PutBackDeps) =>
  (await hide([letter], HELD_SECONDS)).length === 0
