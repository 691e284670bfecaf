/**
 * Spaces the starts of one invocation's requests. With N concurrent invocations, each waits N / L seconds
 * between two of its requests and after its last. Together they stay under L requests per second, whatever
 * Braze's latency and whichever environments Lambda chooses, without any shared state.
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
    const turn = takeTurn(nextAt, spacingMs, now())
    nextAt = turn.nextAt
    const waitMs = turn.startAt - now()
    if (waitMs > 0) await pause(waitMs)
  }
}

/**
 * Returns when one request of an invocation may start.
 * @param nextAt the earliest time at which it may start. In the result, it is that of the next request.
 */
export function takeTurn(
  nextAt: number,
  spacingMs: number,
  now: number,
): { startAt: number; nextAt: number } {
  const startAt = Math.max(now, nextAt)
  return { startAt, nextAt: startAt + spacingMs }
}
