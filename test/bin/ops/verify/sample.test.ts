import { expect, test } from 'vitest'
import { createSample } from '../../../../bin/ops/verify/sample.ts'

/** Offers each key twice. An item in the sample must count both. */
function drawSample(size: number | undefined, seed: string, keys: readonly string[]) {
  const sampler = createSample<{ key: string; times: number }>(size, seed)
  for (const key of [...keys, ...keys]) {
    const item = sampler.getOrCreate(key, () => ({ key, times: 0 }))
    if (item) item.times += 1
  }
  return sampler.all()
}

const KEYS = Array.from({ length: 1_000 }, (_, n) => `e:fixture-${n}`)

test('without a size all are kept', () => {
  expect(drawSample(undefined, 's', KEYS)).toHaveLength(1_000)
})

test('the given number is selected, with all that belongs to them', () => {
  const chosen = drawSample(10, 'seed-1', KEYS)
  expect(chosen).toHaveLength(10)
  expect(chosen.every(({ times }) => times === 2)).toBe(true)
})

test('the same seed selects the same keys in any order, another seed others', () => {
  const names = (seed: string, keys: readonly string[]) =>
    drawSample(10, seed, keys)
      .map(({ key }) => key)
      .toSorted((a, b) => a.localeCompare(b))
  expect(names('seed-1', KEYS.toReversed())).toEqual(names('seed-1', KEYS))
  expect(names('seed-2', KEYS)).not.toEqual(names('seed-1', KEYS))
})

test('of fewer keys all are selected', () => {
  expect(drawSample(10, 's', KEYS.slice(0, 3))).toHaveLength(3)
})
