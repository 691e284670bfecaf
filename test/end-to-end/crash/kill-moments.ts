/** From the start of the command until it takes requests, on a small machine. */
const START_MS = 600

/** What one request to Braze holds at most, and how many go out in a second: `bin/local/function-env.ts`. */
const OBJECTS_PER_REQUEST = 75
const REQUESTS_PER_SECOND = 25

/** The least time in which the rows can be delivered, in milliseconds. */
export const deliveryMs = (rows: number) => (rows / OBJECTS_PER_REQUEST / REQUESTS_PER_SECOND) * 1_000

/**
 * How long each process lives before it is killed, in milliseconds from its start: anything from nothing to twice the
 * mean, and all together about as long as the delivery takes.
 */
export function drawLives({ kills, rows }: { kills: number; rows: number }, random: () => number): number[] {
  const mean = START_MS + deliveryMs(rows) / (kills + 1)
  return Array.from({ length: kills }, () => random() * 2 * mean)
}
