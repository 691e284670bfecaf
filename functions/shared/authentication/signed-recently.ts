/** Enough digits for each second until the year 33658, and few enough to be exact as a number. */
const SECONDS = /^\d{1,12}$/

/**
 * Whether a signature's time is near enough to now, before or after: a request that somebody recorded can't be sent
 * again later, and clocks differ.
 * @param timestamp the header as it is: seconds since 1970.
 * @param now milliseconds since 1970.
 */
export function signedRecently(timestamp: string, toleranceSeconds: number, now: number): boolean {
  if (!SECONDS.test(timestamp)) return false
  return Math.abs(now / 1_000 - Number(timestamp)) <= toleranceSeconds
}
