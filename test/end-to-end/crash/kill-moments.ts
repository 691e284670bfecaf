/** The most objects in one request to Braze, and the requests a second of `bin/local/function-env.ts`. */
const OBJECTS_PER_REQUEST = 75
const REQUESTS_PER_SECOND = 25

/**
 * Half as many requests again: not every request is full, Braze is slow, and interrupted requests are sent
 * twice.
 */
const REQUESTS_PER_FULL_ONE = 1.5

/**
 * The approximate delivery time of the rows in milliseconds, without the time during which the process is
 * dead.
 */
export const deliveryMs = (rows: number) =>
  ((rows / OBJECTS_PER_REQUEST) * REQUESTS_PER_FULL_ONE * 1_000) / REQUESTS_PER_SECOND

/**
 * The share of kills during the start of the process, and the approximate duration of a start in
 * milliseconds.
 */
const SHARE_AT_START = 0.1
const START_MS = 600

/** The lifetime of a process in milliseconds, counted from its start or from when it accepts requests. */
export type Lifetime = { from: 'start' | 'ready'; ms: number }

/**
 * Chooses when each process is killed. Processes that get to accept requests live for 0 to 2 times the mean
 * lifetime. Together they live for about as long as the delivery takes.
 */
export function generateLifetimes(
  { kills, rows }: { kills: number; rows: number },
  random: () => number,
): Lifetime[] {
  const mean = deliveryMs(rows) / (kills + 1)
  return Array.from({ length: kills }, () =>
    random() < SHARE_AT_START
      ? { from: 'start', ms: random() * START_MS }
      : { from: 'ready', ms: random() * 2 * mean },
  )
}
