import { expect, test } from 'vitest'
import { sample } from '../../../../bin/ops/verify/sample.ts'

/** Each key comes twice; what is kept counts both. */
function drawn(size: number | undefined, seed: string, keys: readonly string[]) {
  const lots = sample<{ key: string; times: number }>(size, seed)
  for (const key of [...keys, ...keys]) {
    const kept = lots.of(key, () => ({ key, times: 0 }))
    if (kept) kept.times += 1
  }
  return lots.all()
}

const KEYS = Array.from({ length: 1_000 }, (_, n) => `e:fixture-${n}`)

test('without a size all are kept', () => {
  expect(drawn(undefined, 's', KEYS)).toHaveLength(1_000)
})

test('so many are drawn, with all that belongs to them', () => {
  const kept = drawn(10, 'seed-1', KEYS)
  expect(kept).toHaveLength(10)
  expect(kept.every(({ times }) => times === 2)).toBe(true)
})

test('the same seed draws the same whatever their order, another seed others', () => {
  const names = (seed: string, keys: readonly string[]) =>
    drawn(10, seed, keys)
      .map(({ key }) => key)
      .toSorted((a, b) => a.localeCompare(b))
  expect(names('seed-1', KEYS.toReversed())).toEqual(names('seed-1', KEYS))
  expect(names('seed-2', KEYS)).not.toEqual(names('seed-1', KEYS))
})

test('of fewer all are drawn', () => {
  expect(drawn(10, 's', KEYS.slice(0, 3))).toHaveLength(3)
})
