import { createHash } from 'node:crypto'

/**
 * Keeps what belongs to so many of the keys it is asked for, as if they had been drawn by lot: those whose hash, with
 * the seed, is smallest. Who is among them in the end was among them from the first time on, so all that belongs to
 * them was kept. Without a size, keeps all.
 */
export function sample<T>(size: number | undefined, seed: string) {
  const kept = new Map<string, { lot: string; value: T }>()
  let below = 'g' // after every hexadecimal digit
  const shrink = () => {
    if (size === undefined || kept.size < 2 * size) return
    const sorted = [...kept].sort(([, a], [, b]) => (a.lot < b.lot ? -1 : 1))
    for (const [key] of sorted.slice(size)) kept.delete(key)
    below = sorted[size - 1]?.[1].lot ?? below
  }
  return {
    /** @returns undefined for a key that is not drawn. */
    of: (key: string, make: () => T): T | undefined => {
      const known = kept.get(key)
      if (known) return known.value
      const lot = size === undefined ? '' : createHash('sha256').update(`${seed}\n${key}`).digest('hex')
      if (lot > below) return undefined
      shrink()
      const value = make()
      kept.set(key, { lot, value })
      return value
    },
    all: (): T[] => {
      const entries = [...kept.values()]
      if (size === undefined) return entries.map(({ value }) => value)
      const drawn = new Set(entries.toSorted((a, b) => (a.lot < b.lot ? -1 : 1)).slice(0, size))
      return entries.filter((entry) => drawn.has(entry)).map(({ value }) => value)
    },
  }
}
