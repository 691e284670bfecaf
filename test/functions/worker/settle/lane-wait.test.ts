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

test('a lane that made progress comes back soon, however often its messages were received', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 500, users: ['external_id:fixture-u2'], times: 'always' }])
  const user = (n: number) => [tier(`fixture-u${n}`, { inc: 1 })]
  const at = { receives: 100 }
  // Each request takes so long that the second message fails, and the third is not sent.
  harness.takesMs = () => 3_000
  const messages = [profiles('m1', user(1), at), profiles('m2', user(2), at), profiles('m3', user(3), at)]
  expect(await harness.work(messages, { deadlineMs: 14_000 })).toEqual(['m2', 'm3'])
  expect(harness.hidden).toEqual([{ ids: ['m2', 'm3'], seconds: 3 }])
})
