type ThrottleDeps = { now: () => number; pause: (ms: number) => Promise<void>; stop: AbortSignal }

/**
 * Waits until `records` more records may be sent.
 * @returns false if the operator stopped the command or the time is over.
 */
export type Throttle = (records: number) => Promise<boolean>

/** The longest time in milliseconds before a requested stop takes effect. */
const MAX_SLEEP_MS = 500

/**
 * Limits the records per second over all lanes, because redriven records are ahead of all new records in
 * their lanes.
 * @param until milliseconds since the epoch after which nothing more may be sent.
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
