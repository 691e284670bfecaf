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
  more = [],
}: {
  showsAt: number
  waitMs: number
  stopAt?: number
  /** Further rows. */
  more?: readonly object[]
}) {
  let now = 0
  const asks: { at: number; ids: string[] }[] = []
  const stopping = new AbortController()
  const report = await verify(
    {
      kind: 'file',
      read: async function* () {
        const rows = [{ external_id: 'fixture-a', n: 1 }, { external_id: 'fixture-b', n: 2 }, ...more]
        yield Buffer.from(JSON.stringify({ attributes: rows }))
      },
      requestOptions: { endpoint: 'users/track', connection: 'default', contentType: undefined, query: {} },
    },
    rowReader(Connections.parse({}).default),
    { sample: undefined, seed: '', waitMs },
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
    },
  )
  if ('problem' in report) throw new Error(report.problem)
  return { report, asks }
}

test('profiles that differ are looked up again, until they hold what was sent', async () => {
  const { report, asks } = await verified({ showsAt: 3_500, waitMs: 30_000 })
  expect(report).toMatchObject({ allHold: true, persons: { asked: 2, hold: 2 } })
  expect(asks).toEqual([
    { at: 0, ids: ['fixture-a', 'fixture-b'] },
    { at: 2_000, ids: ['fixture-b'] },
    { at: 4_000, ids: ['fixture-b'] },
  ])
})

test('a person whom the rows would not create is not looked up again', async () => {
  const more = [{ external_id: 'fixture-c', n: 3, _update_existing_only: true }]
  const { report, asks } = await verified({ showsAt: 0, waitMs: 30_000, more })
  expect(report).toMatchObject({ allHold: true, persons: { asked: 3, hold: 2, notCreated: 1 } })
  expect(asks.map(({ at }) => at)).toEqual([0])
})

test('no longer than the given time', async () => {
  const { report, asks } = await verified({ showsAt: 6_000, waitMs: 5_000 })
  expect(asks.map(({ at }) => at)).toEqual([0, 2_000, 4_000, 5_000])
  expect(report).toMatchObject({
    allHold: false,
    failures: [{ row: 1, attributes: [{ name: 'n', how: 'missing' }] }],
  })
})

test('stopped, the report says what is known', async () => {
  const { report } = await verified({ showsAt: 6_000, waitMs: 60_000, stopAt: 3_000 })
  expect(report).toMatchObject({
    allHold: false,
    reason: 'stopped',
    persons: { asked: 2, hold: 1, differ: 1 },
  })
})
