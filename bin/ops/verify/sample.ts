import { createHash } from 'node:crypto'

/**
 * Keeps the values of a random sample of keys: the `size` keys with the smallest hashes of seed and key. A
 * key in the final sample was in it from its first occurrence, so everything that belongs to it was kept.
 * Without a size, keeps all.
 */
export function createSample<T>(size: number | undefined, seed: string) {
  const candidates = new Map<string, { hash: string; value: T }>()
  let below = 'g' // after every hexadecimal digit
  const shrink = () => {
    if (size === undefined || candidates.size < 2 * size) return
    const sorted = [...candidates].sort(([, a], [, b]) => (a.hash < b.hash ? -1 : 1))
    for (const [key] of sorted.slice(size)) candidates.delete(key)
    below = sorted[size - 1]?.[1].hash ?? below
  }
  return {
    /** @returns undefined if the key is not in the sample. */
    getOrCreate: (key: string, make: () => T): T | undefined => {
      const known = candidates.get(key)
      if (known) return known.value
      const hash = size === undefined ? '' : createHash('sha256').update(`${seed}\n${key}`).digest('hex')
      if (hash > below) return undefined
      shrink()
      const value = make()
      candidates.set(key, { hash, value })
      return value
    },
    all: (): T[] => {
      const entries = [...candidates.values()]
      if (size === undefined) return entries.map(({ value }) => value)
      const selected = new Set(entries.toSorted((a, b) => (a.hash < b.hash ? -1 : 1)).slice(0, size))
      return entries.filter((entry) => selected.has(entry)).map(({ value }) => value)
    },
  }
}
