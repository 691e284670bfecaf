/** What one request to Braze holds at most, and how many go out in a second: `bin/local/function-env.ts`. */
const OBJECTS_PER_REQUEST = 75
const REQUESTS_PER_SECOND = 25

/** Half as many again: not every request is full, Braze is slow, and what a kill interrupts is sent twice. */
const REQUESTS_PER_FULL_ONE = 1.5

/** About how long the rows take to be delivered, in milliseconds, without the time in which the process is dead. */
export const deliveryMs = (rows: number) =>
  ((rows / OBJECTS_PER_REQUEST) * REQUESTS_PER_FULL_ONE * 1_000) / REQUESTS_PER_SECOND

/** So many of the kills come while the process still starts, which takes about so long, in milliseconds. */
const SHARE_AT_START = 0.1
const START_MS = 600

/** How long a process lives, in milliseconds: from its start, or from when it takes requests. */
export type Lifetime = { from: 'start' | 'ready'; ms: number }

/**
 * When each process is killed. Those that came to take requests do so for anything from nothing to twice the mean, all
 * together about as long as the delivery takes.
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
