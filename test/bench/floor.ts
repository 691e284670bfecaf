import { cpuMs } from './cpu-clock.ts'
import { outgoingOf, type StoredMessage } from './pipeline.ts'
import type { SenderRequest } from './requests-of.ts'

/**
 * What no pipeline of this kind can do without: parse what comes in, write what goes into the queue, parse it again on
 * the other side, and write what goes to Braze. The same bytes, by the same parser, as often.
 * @returns milliseconds of the processor, of the receiver's half and of the worker's.
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

/** Keeps the compiler from leaving out what nobody looks at. */
let used: unknown
function use(value: unknown): void {
  used = value
}
export const lastUsed = () => used
