import { createHash } from 'node:crypto'

/**
 * Keeps what belongs to so many of the keys it is asked for, as if they had been drawn by lot: those whose hash, with
 * the seed, is smallest. Who is among them in the end was among them from the first time on, so all that belongs to
 * them was kept. Without a size, keeps all.
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
    /** @returns undefined for a key that is not drawn. */
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
