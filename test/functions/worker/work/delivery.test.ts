import { expect, test } from 'vitest'
import {
  createWorkerHarness,
  event,
  events,
  list,
  NOON,
  onlook,
  profiles,
  tier,
  workOnce,
} from '../harness.ts'

/** What reaches Braze when nothing goes wrong: which objects, in which requests, in which order. */

const of = (external_id: string, attributes: object) => ({ external_id, attributes })
const visits = (value: unknown) => [of('fixture-u1', { visits: value })]
const MEMBER = { audience_id: '1042', split_id: '2' }

test.each([
  [
    'memberships become booleans, a leave false, attributes go under their headers',
    [
      profiles('m1', [
        { ...of('u1', { fixture_tier: 'gold' }), memberships: [{ ...MEMBER, member: true }] },
        { external_id: 'u2', memberships: [{ ...MEMBER, member: false }] },
      ]),
    ],
    [
      {
        attributes: [
          { external_id: 'u1', AIQ_1042_2: true, fixture_tier: 'gold' },
          { external_id: 'u2', AIQ_1042_2: false },
        ],
      },
    ],
  ],
  [
    'an object carries one identifier: external_id where the row has it, else braze_id',
    [
      profiles('m1', [
        { ...of('u1', { n: 1 }), braze_id: 'fixture-b1' },
        { braze_id: 'fixture-b2', attributes: { n: 2 } },
      ]),
    ],
    [
      {
        attributes: [
          { external_id: 'u1', n: 1 },
          { braze_id: 'fixture-b2', n: 2 },
        ],
      },
    ],
  ],
  [
    'one user over several messages of a lane is one object, the last value of each attribute wins',
    [
      profiles('m1', [of('u1', { a: 1, b: 1 })]),
      profiles('m2', [of('u2', { a: 5 }), of('u1', { b: 2 })]),
      profiles('m3', [of('u1', { c: 3, a: 9 })]),
    ],
    [
      {
        attributes: [
          { external_id: 'u1', a: 9, b: 2, c: 3 },
          { external_id: 'u2', a: 5 },
        ],
      },
    ],
  ],
  [
    'events keep their order, name, time and properties, and reserved property names are changed',
    [
      events('m1', [
        { ...event(1), time: '2026-11-20T10:00:00Z', properties: { sku: 'x', time: 'evening' } },
        event(1, 'visit'),
      ]),
    ],
    [
      {
        events: [
          { ...event(1), time: '2026-11-20T10:00:00Z', properties: { sku: 'x', time_: 'evening' } },
          { ...event(1, 'visit'), time: '2026-11-20T11:59:00.000Z' },
        ],
      },
    ],
  ],
  [
    'relative writes are never merged, and follow the plain ones before them in a request of their own',
    [
      profiles('m1', visits(1)),
      profiles('m2', visits({ inc: 2 })),
      profiles('m3', visits({ inc: 3 })),
      profiles('m4', [of('fixture-u1', { tier: 'x' })]),
    ],
    [
      { attributes: [{ external_id: 'fixture-u1', visits: 1 }] },
      { attributes: [{ external_id: 'fixture-u1', visits: { inc: 2 } }] },
      { attributes: [{ external_id: 'fixture-u1', visits: { inc: 3 } }] },
      { attributes: [{ external_id: 'fixture-u1', tier: 'x' }] },
    ],
  ],
  [
    'a directive of one record does not change what another means',
    [profiles('m1', [of('u', { a: 1 })]), profiles('m2', [of('u', { _update_existing_only: true, b: 2 })])],
    [
      { attributes: [{ external_id: 'u', a: 1 }] },
      { attributes: [{ external_id: 'u', _update_existing_only: true, b: 2 }] },
    ],
  ],
])('%s', async (_, messages, bodies) => {
  const outcome = await workOnce([], messages, { seed: [{ braze_id: 'fixture-b2' }] })
  expect(outcome).toMatchObject({ back: [], codes: [] })
  expect(outcome.bodies).toEqual(bodies)
})

test('500 records of 500 users go in seven requests of at most 75', async () => {
  const { sizes, profiles: written } = await workOnce(
    [],
    [
      profiles(
        'm1',
        list(500, (n) => tier(`u${n}`, n)),
      ),
    ],
  )
  expect(sizes).toEqual([75, 75, 75, 75, 75, 75, 50])
  expect(Object.keys(written)).toHaveLength(500)
})

test('single events that come one a message share a request', async () => {
  const messages = list(10, (n) => events(`m${n}`, [event(n)], { lane: `lane-${n % 3}` }))
  const outcome = await workOnce([], messages)
  expect(outcome).toMatchObject({ back: [], sizes: [10] })
  // Events keep their order within a lane. Between lanes there is no order.
  expect(outcome.events).toEqual([0, 3, 6, 9, 1, 4, 7, 2, 5, 8].map((n) => `fixture-u${n}`))
})

test('before a relative write is sent, what comes before it in its lane is deleted', async () => {
  const harness = createWorkerHarness()
  const removedBefore: string[][] = []
  harness.beforeRequest = () => removedBefore.push([...harness.removed])
  await harness.work([
    profiles('m1', visits(1)),
    profiles('m2', visits({ inc: 2 })),
    profiles('m3', visits({ inc: 3 })),
  ])
  expect(removedBefore).toEqual([[], ['m1'], ['m1', 'm2']])
  expect(onlook(harness).profiles).toEqual({ 'fixture-u1': { visits: 6 } })
})

test('two spellings of one attribute with two values are not settled without a word', async () => {
  const spelt = (value: number) => profiles('m1', [of('fixture-u1', { vip: 2, 'vip ': value })])
  expect((await workOnce([], [spelt(1)])).codes).toEqual(['ATTRIBUTE_REFUSED'])
  expect((await workOnce([], [spelt(2)])).profiles).toEqual({ 'fixture-u1': { vip: 2 } })
})

test('a batch that Lambda kept for over five minutes is held before it is handled', async () => {
  const message = (id: string, minutes: number) =>
    events(id, [event(1)], { lane: `lane-${id}`, firstReceivedAt: NOON - minutes * 60_000 })
  const { harness, ...outcome } = await workOnce([], [message('m1', 5), message('m2', 5.1)])
  expect([harness.extended, outcome.back, outcome.events.length]).toEqual([['m2'], [], 2])
})

test('a message that was received before is held too, for it does not tell when that was', async () => {
  const { harness } = await workOnce([], [profiles('m1', [tier('fixture-u1', 1)], { receives: 2 })])
  expect(harness.extended).toEqual(['m1'])
})

test('what can not be held is left alone, with what comes behind it in its lane', async () => {
  const harness = createWorkerHarness()
  harness.late = ['m2']
  const message = (n: number, lane: string) => events(`m${n}`, [event(n)], { lane, receives: 2 })
  expect(await harness.work([message(1, 'a'), message(2, 'a'), message(3, 'a'), message(4, 'b')])).toEqual([
    'm2',
    'm3',
  ])
  expect(onlook(harness)).toMatchObject({ events: ['fixture-u1', 'fixture-u4'], hidden: [] })
  const warning = { level: 'warn', message: 'messages came too late to be handled', fields: { messages: 1 } }
  expect(harness.logged).toContainEqual(warning)
})

test('no request starts after the deadline; what is unsent goes back without a wait', async () => {
  const batch = (prefix: string, lane: string) =>
    profiles(
      prefix,
      list(75, (n) => tier(`${prefix}${n}`, n)),
      { lane },
    )
  const messages = [batch('m1', 'a'), batch('m2', 'b'), profiles('m3', [tier('w', 1)], { lane: 'c' })]
  const slow = { do: 'delay', delayMs: 6_000, times: 'always' } as const
  expect(await workOnce([slow], messages, { deadlineMs: 10_000 })).toMatchObject({
    back: ['m3'],
    sizes: [75, 75],
    hidden: [{ ids: ['m3'], seconds: 1 }],
  })
})
