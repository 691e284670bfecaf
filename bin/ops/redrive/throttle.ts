type ThrottleDeps = { now: () => number; pause: (ms: number) => Promise<void>; stop: AbortSignal }

/** Waits until so many records more may go. @returns false where the person wants an end, or the time is over. */
export type Throttle = (records: number) => Promise<boolean>

/** Nobody waits longer than this for an end they asked for. */
const MAX_SLEEP_MS = 500

/**
 * Lets so many records a second through, those of all lanes together: what goes back stands in the lanes before
 * everything that comes in new.
 * @param until milliseconds since the epoch after which nothing more may go.
 */
export function createThrottle(
  perSecond: number,
  until: number,
  { now, pause, stop }: ThrottleDeps,
): Throttle {
  let next = now()
  return async (records) => {
    const at = Math.max(next, now())
    next = at + (records / perSecond) * 1_000
    for (let left = at - now(); left > 0 && !stop.aborted && at <= until; left = at - now())
      await pause(Math.min(left, MAX_SLEEP_MS))
    return !stop.aborted && now() <= until
  }
}
