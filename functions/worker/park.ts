import { toBatches } from '../shared/batches.ts'
import type { Outgoing } from '../shared/queue.ts'
import type { Run } from './run.ts'

const FIRST_PAUSE_MS = 200
const MAX_PAUSE_MS = 5_000

/**
 * Calls to SQS at a time: one bad column makes 5,000 letters of an invocation, 500 calls, which one after another would
 * outlast the function. Letters share no group, so they have no order to keep.
 */
const CALLS_AT_ONCE = 10

/**
 * Sends letters to the dead-letter queue, so many times at most, and no longer than until the deadline.
 * @returns those that SQS did not take.
 */
export async function park(
  run: Run,
  letters: readonly Outgoing[],
  { tries }: { tries: number },
): Promise<readonly Outgoing[]> {
  const { pause, now } = run.deps
  let left = letters
  for (let pauseMs = FIRST_PAUSE_MS, tried = 1; ; tried++, pauseMs = Math.min(pauseMs * 2, MAX_PAUSE_MS)) {
    left = await sendAll(run, left)
    if (left.length === 0 || tried >= tries || now() + pauseMs >= run.deadline) return left
    await pause(pauseMs)
  }
}

/** The first calls are made whatever the time, or a message that came late would never end. */
async function sendAll({ deps, deadline }: Run, letters: readonly Outgoing[]): Promise<Outgoing[]> {
  const batches = toBatches(letters)
  const notTaken: Outgoing[] = []
  for (let start = 0; start < batches.length; start += CALLS_AT_ONCE) {
    if (start > 0 && deps.now() >= deadline) return [...notTaken, ...batches.slice(start).flat()]
    const calls = batches.slice(start, start + CALLS_AT_ONCE)
    notTaken.push(...(await Promise.all(calls.map((batch) => deps.sendBatch(batch)))).flat())
  }
  return notTaken
}
