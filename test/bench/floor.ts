import { cpuMs } from './cpu-clock.ts'
import { outgoingOf, type StoredMessage } from './pipeline.ts'
import type { SenderRequest } from './requests-of.ts'

/**
 * The work that no pipeline of this kind can avoid: parse the requests, write the queue messages, parse them
 * on the other side, and write the requests to Braze. It handles the same bytes with the same parser, the
 * same number of times.
 * @returns a function that does this work once and returns the CPU time of the receiver's half and of the
 * worker's half, in milliseconds.
 */
export function floorOf(
  posts: readonly SenderRequest[],
  messages: readonly StoredMessage[],
  bodies: readonly string[],
) {
  const written = messages.map((message) => outgoingOf(message).body)
  const queued: unknown[] = written.map((body) => JSON.parse(body))
  const sent: unknown[] = bodies.map((body) => JSON.parse(body))
  const texts = posts.map(({ body }) => body.toString())
  return () => {
    const start = cpuMs()
    for (const text of texts) use(JSON.parse(text))
    for (const message of queued) use(JSON.stringify(message))
    const half = cpuMs()
    for (const body of written) use(JSON.parse(body))
    for (const body of sent) use(JSON.stringify(body))
    return { receiver: half - start, worker: cpuMs() - half }
  }
}

/** Keeps the compiler from removing work whose result is not used. */
let used: unknown
function use(value: unknown): void {
  used = value
}
export const lastUsed = () => used
