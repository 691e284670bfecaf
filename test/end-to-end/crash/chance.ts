import { createHash } from 'node:crypto'

/** Chance that is the same on every machine: numbers from 0 up to 1, drawn by a seed and a name of what they are for. */
export function chance(seed: number, what: string): () => number {
  let drawn = 0
  return () => {
    const digest = createHash('sha256').update(`${seed} ${what} ${drawn++}`).digest()
    return digest.readUInt32BE() / 2 ** 32
  }
}

/** @returns a whole number from 0 up to, but not, `end`. */
export const below = (end: number, random: () => number) => Math.floor(random() * end)
