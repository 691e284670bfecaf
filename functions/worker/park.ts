import { toBatches } from '../shared/batches.ts'
import type { Outgoing } from '../shared/queue.ts'
import type { Run } from './run.ts'

const FIRST_PAUSE_MS = 200
const MAX_PAUSE_MS = 5_000

/**
 * Sends letters to the dead-letter queue, so many times at most, and no longer than until the deadline.
 * @returns those that SQS did not take.
 */
export async function park(
  run: Run,
  letters: readonly Outgoing[],
  { tries }: { tries: number },
): Promise<readonly Outgoing[]> {
  const { sendBatch, pause, now } = run.deps
  let left = letters
  for (let pauseMs = FIRST_PAUSE_MS, tried = 1; ; tried++, pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    const notTaken: Outgoing[] = []
    for (const batch of toBatches(left)) notTaken.push(...(await sendBatch(batch)))
    left = notTaken
    if (left.length === 0 || tried >= tries || now() + pauseMs >= run.deadline) return left
    await pause(pauseMs)
  }
}
