/**
 * Spaces the starts of one invocation's requests. With N invocations at a time, each keeping N / L seconds between two
 * of its requests and after its last, all together stay under L requests a second whatever Braze's latency and
 * whichever environments Lambda chooses, without any shared state.
 * @param spacingMs N / L, in milliseconds.
 * @returns a function that resolves when the next request may start.
 */
export function pacer(
  spacingMs: number,
  now: () => number,
  pause: (ms: number) => Promise<void>,
): () => Promise<void> {
  let nextAt = 0
  return async () => {
    const startAt = Math.max(now(), nextAt)
    nextAt = startAt + spacingMs
    const waitMs = startAt - now()
    if (waitMs > 0) await pause(waitMs)
  }
}
