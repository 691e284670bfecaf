import { expect, test } from 'vitest'
import { createWorkerHarness, onlook, profiles, tier } from '../harness.ts'

/** A message that may have killed the worker is handled last and alone, and is given up in the end. */

const danger = (receives: number) => profiles('m1', [tier('fixture-u1', 1)], { receives })

test('it comes last and alone, when all others are deleted', async () => {
  const harness = createWorkerHarness()
  const seen: string[][] = []
  harness.beforeRequest = () => seen.push([...harness.removed])
  const other = profiles('m2', [tier('fixture-u2', 1)], { lane: 'lane-1' })
  expect(await harness.work([danger(3), other])).toEqual([])
  expect([seen, harness.removed, [...harness.marks]]).toEqual([[[], ['m2']], ['m2', 'm1'], []])
})

test('it is given up when the worker has died twice under it', async () => {
  const harness = createWorkerHarness()
  harness.marks.set('m1', 1)
  harness.beforeRequest = () => {
    throw new Error('the worker dies')
  }
  await expect(harness.work([danger(5)])).rejects.toThrow()
  expect(await harness.work([danger(5)])).toEqual([])
  expect(onlook(harness)).toMatchObject({ codes: ['WORKER_DIED'], bodies: [] })
  expect(Object.keys(JSON.parse(harness.deadLetters[0]?.body ?? ''))).toEqual([
    'failure',
    ...Object.keys(JSON.parse(danger(5).body)),
  ])
})

test('it is still known as deadly when it could not be parked', async () => {
  const harness = createWorkerHarness()
  harness.marks.set('m1', 2)
  harness.rejectsDeadLetters = () => true
  expect(await harness.work([danger(9)])).toEqual(['m1'])
  harness.rejectsDeadLetters = () => false
  expect(await harness.work([danger(9)])).toEqual([])
  expect(onlook(harness)).toMatchObject({ codes: ['WORKER_DIED'], bodies: [] })
  expect(harness.marks.size).toBe(0)
})
