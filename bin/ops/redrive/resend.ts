import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import { enqueue } from '../../../functions/receiver/store/enqueue.ts'
import type { SendBatch } from '../../../functions/shared/queue.edge.ts'
import { type RedriveStep, toChains } from './chains.ts'
import type { DeadLetterHandle, ReceivedDeadLetter } from './dead-letter.ts'
import type { PlannedDeadLetter } from './plan.ts'
import type { Throttle } from './throttle.ts'

export type ResendDeps = {
  sendBatch: SendBatch
  /** Hides letters of one queue for so many seconds from now. @returns those that could not be. */
  hide: (deadLetters: readonly DeadLetterHandle[], seconds: number) => Promise<readonly DeadLetterHandle[]>
  /** @returns whether SQS says that it is gone. */
  remove: (deadLetter: ReceivedDeadLetter) => Promise<boolean>
  now: () => number
  newId: () => string
  pause: (ms: number) => Promise<void>
  /** Aborted when the person at the keyboard wants an end. */
  stop: AbortSignal
  settings: ReceiverSettings
}

/** How long a letter stays hidden while its message is being sent. */
const SENDING_HIDDEN_SECONDS = 60

export type ResendResult = {
  /** Letters that are gone: what they held is in its source queue. */
  done: Set<PlannedDeadLetter>
  /** Of these all or a part was sent, and the letter still stands. */
  partlySent: Set<PlannedDeadLetter>
}

/**
 * Puts letters back: send, then delete, so that nothing is lost at any moment. Each lane goes by itself, one message
 * after the other, and ends at the first that fails: what came later must not overtake it.
 * @param throttle of all lanes together.
 * @param onDone gets each letter that is gone.
 * @param until milliseconds since the epoch after which nothing more is begun.
 */
export async function resend(
  deadLetters: readonly PlannedDeadLetter[],
  until: number,
  throttle: Throttle,
  onDone: (planned: PlannedDeadLetter) => void,
  deps: ResendDeps,
): Promise<ResendResult> {
  const chains = toChains(deadLetters, deps.settings, deps.newId)
  const unsent = new Map<PlannedDeadLetter, number>()
  for (const { planned } of chains.flat()) unsent.set(planned, (unsent.get(planned) ?? 0) + 1)
  const result: ResendResult = { done: new Set(), partlySent: new Set() }

  const resendStep = async ({ message, planned, records }: RedriveStep): Promise<boolean> => {
    if (!(await throttle(records))) return false
    const left = unsent.get(planned) ?? 1
    const isOnly = left === 1 && !result.partlySent.has(planned)
    if (isOnly && !(await keepHidden(planned, deps))) return false
    result.partlySent.add(planned)
    if (!(await enqueue([[message]], until, deps))) return false
    unsent.set(planned, left - 1)
    if (left > 1) return true
    if (!(await deps.remove(planned.deadLetter))) return false
    result.partlySent.delete(planned)
    result.done.add(planned)
    onDone(planned)
    return true
  }

  await Promise.all(
    chains.map(async (chain) => {
      for (const step of chain) {
        if (!(await resendStep(step))) return
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
export const keepHidden = async ({ deadLetter }: PlannedDeadLetter, { hide }: ResendDeps) =>
  (await hide([deadLetter], SENDING_HIDDEN_SECONDS)).length === 0
