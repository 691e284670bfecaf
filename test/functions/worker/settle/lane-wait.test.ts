import { expect, test } from 'vitest'
import { createWorkerHarness, profiles, tier } from '../harness.ts'

/** A lane keeps its Retry-After, whatever else goes wrong in the same invocation. */

const TEN_MINUTES = { do: 'answer', status: 503, headers: { 'retry-after': '600' } } as const

const many = (prefix: string) => Array.from({ length: 75 }, (_, n) => tier(`fixture-${prefix}${n}`, n))

test.each([
  ['a shorter 429', { do: 'rate limit', dialect: 'retry-after', seconds: 15 }],
  ['a 403', { do: 'answer', status: 403 }],
] as const)('%s of another request does not shorten the wait of a lane', async (_, second) => {
  const harness = createWorkerHarness()
  harness.braze.script([TEN_MINUTES, second])
  await harness.work([
    profiles('m1', many('a'), { lane: 'lane-0' }),
    profiles('m2', many('b'), { lane: 'lane-1' }),
  ])
  expect(harness.hidden.find(({ ids }) => ids.includes('m1'))?.seconds).toBe(600)
})

test('nor does a parking that fails', async () => {
  const harness = createWorkerHarness()
  harness.rejectsDeadLetters = () => true
  harness.braze.script([TEN_MINUTES])
  await harness.work([
    profiles('m1', [tier('fixture-bad', 'x'.repeat(300))]),
    profiles('m2', [tier('fixture-u2', 2)]),
  ])
  expect(harness.hidden.find(({ ids }) => ids.includes('m2'))?.seconds).toBe(600)
})

test('the Retry-After of a 5xx is obeyed for ten minutes at most, because Braze documents none', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 503, headers: { 'retry-after': '3600' } }])
  await harness.work([profiles('m1', many('a'))])
  expect(harness.hidden).toEqual([{ ids: ['m1'], seconds: 600 }])
})
