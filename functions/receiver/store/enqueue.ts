import { type OutgoingMessage, type SendBatch, toBatches } from '../../shared/queue.edge.ts'
import { MAX_ROUNDS } from '../limits.ts'

/** Attempts for one round before a lane is given up. The SDK already makes two attempts for each call. */
const TRIES = 3
const PAUSE_MS = 200

type EnqueueDeps = { sendBatch: SendBatch; pause: (ms: number) => Promise<void>; now: () => number }

/**
 * Sends lists of messages, each list in its order. A message is sent only after SQS has accepted the one
 * before it; otherwise a lane whose first message failed would be reordered. The lists are sent in parallel.
 * @param deadline milliseconds since 1970. Nothing starts after it, because the sender no longer waits for an
 * answer.
 * @returns whether SQS has accepted everything.
 */
export async function enqueue(
  lists: readonly (readonly OutgoingMessage[])[],
  deadline: number,
  deps: EnqueueDeps,
): Promise<boolean> {
  let round = lists.map((list) => ({ list, next: 0 }))
  let complete = true
  while (true) {
    const heads = new Map<OutgoingMessage, (typeof round)[number]>()
    for (const lane of round) {
      const head = lane.list[lane.next]
      if (head) heads.set(head, lane)
    }
    if (heads.size === 0) return complete
    if (deps.now() > deadline) return false
    const unsent = new Set(await sendRound([...heads.keys()], deps, deadline))
    if (unsent.size > 0) complete = false
    round = [...heads]
      .filter(([head]) => !unsent.has(head))
      .map(([, { list, next }]) => ({ list, next: next + 1 }))
  }
}

async function sendRound(
  heads: readonly OutgoingMessage[],
  { sendBatch, pause, now }: EnqueueDeps,
  deadline: number,
): Promise<readonly OutgoingMessage[]> {
  let unsent = heads
  for (let tries = 0; tries < TRIES && unsent.length > 0; tries++) {
    if (tries > 0) {
      if (now() > deadline) return unsent
      await pause(PAUSE_MS)
    }
    unsent = (await Promise.all(toBatches(unsent).map((batch) => sendBatch(batch)))).flat()
  }
  return unsent
}

/** Whether a lane has more messages than can be sent while the sender waits for its answer. */
export const takesTooLong = (lanes: readonly (readonly unknown[])[]) =>
  lanes.some((lane) => lane.length > MAX_ROUNDS)
