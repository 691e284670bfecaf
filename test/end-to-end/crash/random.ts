import { createHash } from 'node:crypto'

/**
 * A random number generator with the same results on every machine. It depends on a seed and on a name for
 * the purpose.
 * @returns a function that returns numbers from 0 up to, but not including, 1.
 */
export function randomFor(seed: number, purpose: string): () => number {
  let count = 0
  return () => {
    const digest = createHash('sha256').update(`${seed} ${purpose} ${count++}`).digest()
    return digest.readUInt32BE() / 2 ** 32
  }
}

/** @returns a whole number from 0 up to, but not including, `end`. */
export const randomBelow = (end: number, random: () => number) => Math.floor(random() * end)
