import { expect, test } from 'vitest'
import { verify } from '../../../../bin/ops/verify/verify.ts'
import { rowReader } from '../../../../functions/receiver/columns.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import { NO_PROGRESS } from '../../../no-progress.ts'

/**
 * Verifies two people with a clock that only pauses move.
 * @param showsAt when Braze first returns the value of the second person, in milliseconds from the start.
 */
async function verified({
  showsAt,
  waitMs,
  stopAt = Number.POSITIVE_INFINITY,
}: {
  showsAt: number
  waitMs: number
  stopAt?: number
}) {
  let now = 0
  const asks: { at: number; ids: string[] }[] = []
  const lines: string[] = []
  const stopping = new AbortController()
  const ok = await verify(
    {
      kind: 'file',
      read: async function* () {
        yield Buffer.from('[{"external_id":"fixture-a","n":1},{"external_id":"fixture-b","n":2}]')
      },
      requestOptions: { endpoint: 'records', connection: 'default', contentType: undefined, query: {} },
    },
    rowReader(Connections.parse({}).default),
    { sample: undefined, seed: '', waitMs, values: false, json: false, targetFlags: '--local' },
    {
      exportIds: async (body) => {
        const { external_ids: ids }: { external_ids: string[] } = JSON.parse(body)
        asks.push({ at: now, ids })
        const users = [
          { external_id: 'fixture-a', custom_attributes: { n: 1 } },
          { external_id: 'fixture-b', custom_attributes: now < showsAt ? {} : { n: 2 } },
        ]
        const found = users.filter(({ external_id }) => ids.includes(external_id))
        return { kind: 'answer', status: 201, headers: {}, body: JSON.stringify({ users: found }) }
      },
      spacingMs: 0,
      pause: async (ms) => {
        now += ms
        if (now >= stopAt) stopping.abort()
      },
      now: () => now,
      stop: stopping.signal,
      startProgress: NO_PROGRESS,
      out: (line) => lines.push(line),
      error: (line) => lines.push(line),
    },
  )
  return { ok, asks, text: lines.join('\n') }
}

test('those who differ are asked about again, until they hold what was sent', async () => {
  const { ok, asks } = await verified({ showsAt: 3_500, waitMs: 30_000 })
  expect(ok).toBe(true)
  expect(asks).toEqual([
    { at: 0, ids: ['fixture-a', 'fixture-b'] },
    { at: 2_000, ids: ['fixture-b'] },
    { at: 4_000, ids: ['fixture-b'] },
  ])
})

test('no longer than was said', async () => {
  const { ok, asks, text } = await verified({ showsAt: 6_000, waitMs: 5_000 })
  expect(ok).toBe(false)
  expect(asks.map(({ at }) => at)).toEqual([0, 2_000, 4_000, 5_000])
  expect(text).toContain('row 1  n (missing)')
})

test('stopped, it tells what is known', async () => {
  const { ok, text } = await verified({ showsAt: 6_000, waitMs: 60_000, stopAt: 3_000 })
  expect(ok).toBe(false)
  expect(text).toContain('Profiles     2 asked: 1 hold what was sent, 1 differ')
})
