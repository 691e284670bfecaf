import type { QueueName } from '../../../functions/shared/record.ts'
import type { HandedLetter } from './letter.ts'
import { type ListDeps, list } from './list.ts'
import type { PutBackDeps } from './put-back.ts'

/**
 * Removes the letters that say the same as one that has just gone back. A letter stands twice when its parking was
 * repeated after the five minutes in which SQS recognises it; both have one deduplication id and one group, so that the
 * second can be seen only when the first is gone, and the next run would put it back once more.
 * @param held gets whatever else became visible, by its handle.
 */
export async function removeTwins(
  done: readonly Pick<HandedLetter, 'dedupId' | 'queue'>[],
  queues: readonly QueueName[],
  deps: ListDeps & Pick<PutBackDeps, 'remove'>,
  held: Map<string, HandedLetter>,
): Promise<void> {
  const gone = new Set(done.map(({ queue, dedupId }) => `${queue} ${dedupId}`))
  for (let removed = -1; removed !== 0; ) {
    removed = 0
    await list(queues, deps, held)
    for (const twin of held.values()) {
      if (!gone.has(`${twin.queue} ${twin.dedupId}`)) continue
      held.delete(twin.handle)
      if (await deps.remove(twin)) removed += 1
    }
  }
}
