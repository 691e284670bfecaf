import { describe, expect, test } from 'vitest'
import type { ScriptStep } from '../../../../bin/local/braze/script.ts'
import type { ReceivedMessage } from '../../../../functions/worker/invocation.ts'
import {
  again,
  createWorkerHarness,
  event,
  events,
  list,
  onlook,
  profiles,
  tier,
  workOnce,
} from '../harness.ts'

/** Braze fails on one object and accepts the others: that object is dead-lettered. An outage blames nobody. */

const always = { times: 'always' } as const
const DOWN = { do: 'answer', status: 500, ...always } as const
const failsOn = (...ns: number[]) => ({ ...DOWN, users: ns.map((n) => `external_id:fixture-u${n}`) })
const one = (receives: number) => profiles('m1', [tier('fixture-u1', 1)], { receives })
const holds = (array: 'events' | 'purchases') => (sent: Record<typeof array, readonly unknown[]>) =>
  sent[array].length > 0
const PURCHASE = {
  type: 'purchase',
  external_id: 'fixture-u1',
  product_id: 'x',
  currency: 'EUR',
  price: 1,
  time: '2026-11-20T10:00:00Z',
}

type Case = readonly [
  rule: string,
  script: readonly ScriptStep[],
  messages: readonly ReceivedMessage[],
  expected: Partial<Awaited<ReturnType<typeof workOnce>>>,
]

describe('from the fifth receive on, an object that Braze fails on while it takes others is parked', () => {
  test.for<Case>([
    [
      'an event, and not its neighbours',
      [failsOn(0)],
      [
        events(
          'm1',
          list(4, (n) => event(n)),
          { receives: 5 },
        ),
      ],
      { parked: ['fixture-u0'], events: ['fixture-u1', 'fixture-u2', 'fixture-u3'] },
    ],
    [
      'without anything to compare',
      [failsOn(1)],
      [1, 2].map((n) => events(`m${n}`, [event(n)], { receives: 5 })),
      { parked: ['fixture-u1'], events: ['fixture-u2'] },
    ],
    [
      'an event, by a probe that changes nothing',
      [failsOn(1)],
      [events('m1', [event(1)], { receives: 5 })],
      { parked: ['fixture-u1'], events: [], profiles: {} },
    ],
    [
      'a profile, by a probe that changes nothing',
      [failsOn(1)],
      [one(5)],
      { parked: ['fixture-u1'], events: [], profiles: {} },
    ],
  ])('%s', async ([, script, messages, expected]) => {
    const outcome = await workOnce(script, messages)
    expect(outcome).toMatchObject({ back: [], codes: ['BRAZE_FAILS_ON_IT'], ...expected })
  })

  test('all of six, and not before', async () => {
    const messages = [
      profiles(
        'm1',
        list(75, (n) => tier(`fixture-u${n}`, n)),
        { receives: 4 },
      ),
    ]
    const { harness, ...first } = await workOnce([failsOn(0, 1, 2, 3, 4, 5)], messages)
    expect(first).toMatchObject({ back: ['m1'], codes: [], profiles: {} })
    expect(await harness.work(again(messages, ['m1']))).toEqual([])
    const { codes, parked, profiles: written } = onlook(harness)
    expect([codes, parked]).toEqual([Array(6).fill('BRAZE_FAILS_ON_IT'), list(6, (n) => `fixture-u${n}`)])
    expect(Object.keys(written)).toHaveLength(69)
  })

  test('a merged one is taken apart, and only its culprit is parked', async () => {
    const isBad = ({ attributes = [] }: { attributes?: readonly unknown[] }) =>
      JSON.stringify(attributes).includes('bad')
    const rows = [{ a: 1 }, { bad: 1 }, { b: 2 }].map((attributes) => ({
      external_id: 'fixture-u1',
      attributes,
    }))
    const harness = createWorkerHarness()
    harness.braze.script([{ ...DOWN, matches: isBad }])
    let messages = [profiles('m1', rows, { receives: 5 })]
    for (let receive = 0; receive < 3; receive++) messages = again(messages, await harness.work(messages))
    expect(messages).toEqual([])
    expect(harness.parkedRecords().map(({ attributes }) => attributes)).toEqual([{ bad: 1 }])
    expect(onlook(harness).profiles).toEqual({ 'fixture-u1': { a: 1, b: 2 } })
  })
})

test.for<Case>([
  [
    'an outage of events alone, in which Braze accepts attributes, blames nobody',
    [{ ...DOWN, matches: holds('events') }],
    [events('m1', [event(1)], { receives: 899 })],
    { back: ['m1'] },
  ],
  [
    'an outage of purchases alone, in which Braze accepts events, blames nobody',
    [{ ...DOWN, matches: holds('purchases') }],
    [events('m1', [PURCHASE], { receives: 5 })],
    { back: ['m1'] },
  ],
  [
    'what Braze took before it began to fail proves nothing against an object',
    [
      // The probe before the first event, and that event.
      { do: 'delay', delayMs: 1, times: 2 },
      { ...DOWN, matches: holds('events') },
    ],
    [0, 1].map((n) => events(`m${n}`, [event(n)], { lane: `lane-${n}`, receives: 5 })),
    { back: ['m1'], events: ['fixture-u0'] },
  ],
])('%s', async ([, script, messages, expected]) => {
  const outcome = await workOnce(script, messages)
  expect(outcome).toMatchObject({ codes: [], ...expected })
})

test('an outage of days blames nobody, even at the 900th receive', async () => {
  const { back, codes } = await workOnce(
    [{ ...DOWN, matches: holds('events') }],
    [events('m1', [event(1)], { receives: 900 })],
  )
  expect([back, codes]).toEqual([['m1'], []])
})

test.each([1, 2, 3, 4, 5, 6])('an outage that ends after %i answers blames nobody', async (times) => {
  const { harness, back } = await workOnce([{ do: 'answer', status: 500, times }], [one(5)])
  await harness.work(again([one(5)], back))
  for (let receive = 0; receive < 2; receive++) await harness.work([one(5)])
  expect(onlook(harness)).toMatchObject({ codes: [], profiles: { 'fixture-u1': { fixture_tier: 1 } } })
})

test('a Braze that rejects the probe and fails on everything else blames nobody before the 900th receive', async () => {
  const harness = createWorkerHarness()
  const users = ['external_id:actioniq-braze-bridge-probe']
  harness.braze.script([{ do: 'answer', status: 400, users, ...always }, DOWN])
  const at = (receives: number) => events('m1', [event(1)], { receives })
  for (const receives of [5, 6, 7, 400, 899]) expect(await harness.work([at(receives)])).toEqual(['m1'])
  expect(harness.deadLetters).toEqual([])
  expect(await harness.work([at(900)])).toEqual([])
  expect(harness.deadLetterCodes()).toEqual(['BRAZE_FAILS_ON_IT'])
})

test('an outage that begins within an invocation blames nobody', async () => {
  const messages = list(10, (n) => events(`m${n}`, [event(n)], { lane: `lane-${n}`, receives: 9 }))
  const { harness, back } = await workOnce(
    [
      // The probe before the first event, and that event.
      { do: 'delay', delayMs: 1, times: 2 },
      { ...DOWN, status: 503 },
    ],
    messages,
  )
  for (let receive = 0; receive < 2; receive++) await harness.work(again(messages, back))
  expect(back).toHaveLength(9)
  expect(harness.deadLetters).toEqual([])
})
