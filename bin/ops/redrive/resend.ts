import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import { enqueue } from '../../../functions/receiver/store/enqueue.ts'
import type { SendBatch } from '../../../functions/shared/queue.edge.ts'
import { type RedriveStep, toChains } from './chains.ts'
import type { DeadLetterHandle, ReceivedDeadLetter } from './dead-letter.ts'
import type { PlannedDeadLetter } from './plan.ts'
import type { Throttle } from './throttle.ts'

export type ResendDeps = {
  sendBatch: SendBatch
  /** Hides dead letters of one queue for `seconds` from now. @returns those that could not be hidden. */
  hide: (deadLetters: readonly DeadLetterHandle[], seconds: number) => Promise<readonly DeadLetterHandle[]>
  /** @returns whether SQS confirms the deletion. */
  remove: (deadLetter: ReceivedDeadLetter) => Promise<boolean>
  now: () => number
  newId: () => string
  pause: (ms: number) => Promise<void>
  /** Aborted when the operator asks the command to stop. */
  stop: AbortSignal
  settings: ReceiverSettings
}

/** Seconds for which a dead letter stays hidden while its message is being sent. */
const SENDING_HIDDEN_SECONDS = 60

export type ResendResult = {
  /** Dead letters that were deleted: their content is in its source queue. */
  done: Set<PlannedDeadLetter>
  /** Dead letters of which all or a part was sent, but which still exist. */
  partlySent: Set<PlannedDeadLetter>
}

/**
 * Redrives dead letters. It sends first and deletes afterwards, so that nothing is lost at any moment. Each
 * lane proceeds by itself, one message after the other, and stops at the first failure, because later records
 * must not overtake earlier ones.
 * @param throttle shared by all lanes.
 * @param onDone receives each deleted dead letter.
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
 * Hides the dead letter for a short time only. If this process is killed while sending, the dead letter
 * becomes visible again within the five minutes in which SQS recognises a repeated message. Redriving does
 * not do this for a dead letter of several messages: the last of them may be far back in another lane, and
 * the dead letter would become visible before it is sent.
 * @returns false if the dead letter no longer belongs to this process.
 */
export const keepHidden = async ({ deadLetter }: PlannedDeadLetter, { hide }: ResendDeps) =>
  (await hide([deadLetter], SENDING_HIDDEN_SECONDS)).length === 0
