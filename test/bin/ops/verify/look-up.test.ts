import { expect, test } from 'vitest'
import { createProfileLookUp } from '../../../../bin/ops/verify/look-up.ts'
import type { BrazeAnswer } from '../../../../functions/shared/braze.edge.ts'

const answer = (status: number, body: unknown = {}, headers: Record<string, string> = {}): BrazeAnswer => ({
  kind: 'answer',
  status,
  headers,
  body: typeof body === 'string' ? body : JSON.stringify(body),
})

/** Looks up two people with a clock that only pauses move. */
async function asked(...answers: BrazeAnswer[]) {
  let now = Date.parse('2026-01-05T10:00:00Z')
  const begunAt = now
  const asks: { at: number; body: string }[] = []
  const left = [...answers]
  const ask = createProfileLookUp({
    exportIds: async (body) => {
      asks.push({ at: now - begunAt, body })
      return left.shift() ?? answer(201, { users: [] })
    },
    spacingMs: 240,
    pause: async (ms) => {
      now += ms
    },
    now: () => now,
    stop: new AbortController().signal,
  })
  const first = await ask({ external_ids: ['fixture-a'] }, ['first_name'])
  const second = await ask({ braze_id: 'fixture-b' }, [])
  return { first, second, asks, times: asks.map(({ at }) => at) }
}

const ADA = { external_id: 'fixture-a', first_name: 'fixture-name', custom_attributes: { tier: 'x' } }

test('one after the other, within the rate', async () => {
  const { first, asks } = await asked(answer(201, { message: 'success', users: [ADA], invalid_user_ids: [] }))
  expect(first).toEqual([
    {
      external_id: 'fixture-a',
      braze_id: undefined,
      custom: { tier: 'x' },
      standard: { first_name: 'fixture-name' },
    },
  ])
  expect(asks).toEqual([
    {
      at: 0,
      body: '{"external_ids":["fixture-a"],"fields_to_export":["external_id","braze_id","custom_attributes","first_name"]}',
    },
    {
      at: 240,
      body: '{"braze_id":"fixture-b","fields_to_export":["external_id","braze_id","custom_attributes"]}',
    },
  ])
})

test.each([
  ['429 that names the wait', answer(429, {}, { 'x-ratelimit-retry-after': '37' }), 37_000],
  ['429 that names none', answer(429), 15_000],
  ['503', answer(503), 1_000],
  ['503 that names the wait', answer(503, '', { 'retry-after': '5' }), 5_000],
  ['no answer', { kind: 'no answer', cause: 'timeout' } satisfies BrazeAnswer, 1_000],
])('after a %s the same request is sent again', async (_, trouble, waitMs) => {
  const { first, times } = await asked(trouble, answer(201, { users: [ADA] }))
  expect(first).toHaveLength(1)
  expect(times).toEqual([0, waitMs, waitMs + 240])
})

test('after six tries without success it gives up', async () => {
  const { first, times } = await asked(...Array.from({ length: 6 }, () => answer(503)))
  expect(first).toEqual({ problem: 'Braze answers 503.' })
  expect(times).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 31_240])
})

test.each([
  [answer(401, 'key'), 'Braze does not know the key'],
  [answer(403), 'users.export.ids'],
  [answer(400, { message: 'no' }), 'Braze answers 400.'],
  [answer(201, 'no JSON'), 'did not answer with profiles'],
  [answer(201, { users: [{ external_id: 7 }] }), 'did not answer with profiles'],
])('%j is a problem, and not asked again', async (trouble, problem) => {
  const { first, times } = await asked(trouble)
  expect(first).toEqual({ problem: expect.stringContaining(problem) })
  expect(times).toEqual([0, 240])
})
