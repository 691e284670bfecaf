import type { QueueName } from '../../../functions/shared/record.ts'
import type { ReceivedDeadLetter } from './dead-letter.ts'
import { type ListDeps, receiveDeadLetters } from './list.ts'
import type { ResendDeps } from './resend.ts'

/**
 * Removes duplicates of dead letters that have just been redriven. A dead letter exists twice if its parking
 * was repeated after the five minutes in which SQS recognises duplicates. Both have one deduplication id and
 * one group, so the second becomes visible only when the first is gone, and the next run would redrive it
 * again.
 * @param received receives all other dead letters that became visible, by receipt handle.
 */
export async function removeDuplicates(
  done: readonly Pick<ReceivedDeadLetter, 'dedupId' | 'queue'>[],
  queues: readonly QueueName[],
  deps: ListDeps & Pick<ResendDeps, 'remove'>,
  received: Map<string, ReceivedDeadLetter>,
): Promise<void> {
  const redriven = new Set(done.map(({ queue, dedupId }) => `${queue} ${dedupId}`))
  for (let removed = -1; removed !== 0; ) {
    removed = 0
    await receiveDeadLetters(queues, deps, received)
    for (const candidate of received.values()) {
      if (!redriven.has(`${candidate.queue} ${candidate.dedupId}`)) continue
      received.delete(candidate.handle)
      if (await deps.remove(candidate)) removed += 1
    }
  }
}
