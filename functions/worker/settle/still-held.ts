import { VISIBILITY_SECONDS, WORKER_TIMEOUT_SECONDS } from '../../shared/limits.ts'
import type { Handed, Run } from '../run.ts'
import { byLane } from '../send/deliver.ts'

/** So long after SQS handed a message out, it would stay hidden to the end of an invocation that begins now. */
const IN_TIME_MS = (VISIBILITY_SECONDS - WORKER_TIMEOUT_SECONDS) * 1_000

/**
 * The messages that stay hidden from everybody else while this invocation works on them. Lambda may keep a batch for
 * minutes before it invokes, as when it is throttled; were a message handed out to another invocation meanwhile, its
 * users' changes would travel twice and side by side. A message that was received before doesn't tell when that was
 * for this time, so it is hidden anew: SQS refuses that when it is too late.
 * @returns of each lane those up to the first that is not held; the others come back by themselves.
 */
export async function stillHeld({ deps }: Run, messages: readonly Handed[]): Promise<Handed[]> {
  const isSure = ({ receives, firstReceivedAt }: Handed) =>
    receives === 1 && deps.now() - firstReceivedAt <= IN_TIME_MS
  const unsure = messages.filter((message) => !isSure(message))
  if (unsure.length === 0) return [...messages]
  const late = new Set(await deps.hide(unsure, VISIBILITY_SECONDS))
  if (late.size > 0) deps.log.warn('messages came too late to be handled', { messages: late.size })
  return [...byLane(messages).values()].flatMap((lane) => {
    const firstLate = lane.findIndex((message) => late.has(message))
    return firstLate === -1 ? lane : lane.slice(0, firstLate)
  })
}
