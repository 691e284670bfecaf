import { createHash } from 'node:crypto'

/** Chance that is the same on every machine: numbers from 0 up to 1, drawn by a seed and a name of what they are for. */
export function randomFor(seed: number, purpose: string): () => number {
  let count = 0
  return () => {
    const digest = createHash('sha256').update(`${seed} ${purpose} ${count++}`).digest()
    return digest.readUInt32BE() / 2 ** 32
  }
}

/** @returns a whole number from 0 up to, but not, `end`. */
export const randomBelow = (end: number, random: () => number) => Math.floor(random() * end)
