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
    const turn = takeTurn(nextAt, spacingMs, now())
    nextAt = turn.nextAt
    const waitMs = turn.startAt - now()
    if (waitMs > 0) await pause(waitMs)
  }
}

/**
 * One request's place in an invocation's sequence.
 * @param nextAt when it may start at the earliest, and in the result the same of the request after it.
 */
export function takeTurn(
  nextAt: number,
  spacingMs: number,
  now: number,
): { startAt: number; nextAt: number } {
  const startAt = Math.max(now, nextAt)
  return { startAt, nextAt: startAt + spacingMs }
}
