/** Mulberry32, a small generator with the same results everywhere. Returns numbers from 0 up to 1. */
export function seededRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** The wait between two independent arrivals, in the unit of `mean`. */
export const exponential = (mean: number, random: () => number) => -Math.log(1 - random()) * mean

/** A result between 10 and 20 is as likely as one between 100 and 200. */
export const logUniform = (least: number, most: number, random: () => number) =>
  least * (most / least) ** random()

/** The mean of `logUniform`. */
export const logUniformMean = (least: number, most: number) => (most - least) / Math.log(most / least)
