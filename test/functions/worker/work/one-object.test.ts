import { describe, expect, test } from 'vitest'
import type { ScriptStep } from '../../../../bin/local/braze/script.ts'
import { SEND_WINDOW_SECONDS } from '../../../../functions/shared/limits.ts'
import type { ReceivedMessage } from '../../../../functions/worker/invocation.ts'
import { again, createWorkerHarness, event, events, list, onlook, profiles, tier } from '../harness.ts'

/**
 * Whatever Braze answers to one object, and only to that one: the object is parked within an hour, and the
 * others are delivered.
 */

const HOUR_SECONDS = 3_600
const POISON = { users: ['external_id:fixture-u37'], times: 'always' as const }
const NEIGHBOURS = list(75, (n) => `fixture-u${n}`).filter((user) => user !== 'fixture-u37')

/** Receives messages again until all are done. @returns how long they were hidden together, in seconds. */
async function workUntilDone(
  harness: ReturnType<typeof createWorkerHarness>,
  messages: readonly ReceivedMessage[],
): Promise<number> {
  let left = messages
  for (let receive = 0; receive < 100 && left.length > 0; receive++)
    left = again(left, await harness.work(left))
  expect(left).toEqual([])
  return harness.hidden.reduce((sum, { seconds }) => sum + seconds, 0)
}

const answers = (status: number, more: object = {}): ScriptStep => ({
  do: 'answer',
  status,
  body: '<html>',
  ...more,
  ...POISON,
})

const everyStatus = list(200, (n) => 400 + n).filter((status) => status !== 413)

const CASES: readonly (readonly [what: string, step: ScriptStep])[] = [
  ...everyStatus.map((status): [string, ScriptStep] => [`a ${status}`, answers(status)]),
  ['a 503 with Retry-After 0', answers(503, { headers: { 'retry-after': '0' } })],
  ['a 503 with Retry-After 60', answers(503, { headers: { 'retry-after': '60' } })],
  ['a 503 with Retry-After 3600', answers(503, { headers: { 'retry-after': '3600' } })],
  ['a 429 with Retry-After 2', answers(429, { headers: { 'retry-after': '2' } })],
  ['a 403 in JSON', answers(403, { body: { message: 'Forbidden' } })],
  ['a 400 about the key', answers(400, { body: { message: 'Invalid API key' } })],
  ['a reset', { do: 'reset', apply: false, ...POISON }],
]

describe.each([
  [
    'profiles',
    'a profile',
    () =>
      profiles(
        'm1',
        list(75, (n) => tier(`fixture-u${n}`, n)),
      ),
  ],
  [
    'events',
    'an event',
    () =>
      events(
        'm1',
        list(75, (n) => event(n)),
      ),
  ],
] as const)('%s', (_queue, what, message) => {
  test.for(CASES)(
    `${what} that always gets %s is parked, and its neighbours are delivered`,
    async ([, step]) => {
      const harness = createWorkerHarness()
      harness.braze.script([step])
      expect(await workUntilDone(harness, [message()])).toBeLessThan(HOUR_SECONDS)
      const { codes, parked, events, profiles } = onlook(harness)
      expect([codes, parked]).toEqual([['BRAZE_FAILS_ON_IT'], ['fixture-u37']])
      expect(what === 'an event' ? events : Object.keys(profiles)).toEqual(NEIGHBOURS)
    },
  )

  test(`${what} that always times out is found within one invocation, from the fifth receive on`, async () => {
    const harness = createWorkerHarness()
    harness.takesMs = (body) => (JSON.stringify(body).includes('fixture-u37') ? 8_000 : 320)
    const back = await harness.work([{ ...message(), receives: 5 }], {
      deadlineMs: SEND_WINDOW_SECONDS * 1_000,
    })
    const { codes, parked, events, profiles } = onlook(harness)
    expect([back, codes, parked]).toEqual([[], ['BRAZE_FAILS_ON_IT'], ['fixture-u37']])
    expect(what === 'an event' ? events : Object.keys(profiles)).toEqual(NEIGHBOURS)
  })
})

test.each([
  ['alone, 3 times', 1, 3, []],
  ['alone, 4 times', 1, 4, ['BRAZE_FAILS_ON_IT']],
  ['in requests of 75, 38, 19, 10, 5, 3, 2 and 1', 75, 8, []],
  ['in requests of 75, 38, 19, 10, 5, 3, 2 and 1, and alone again', 75, 9, ['BRAZE_FAILS_ON_IT']],
] as const)('an object that Braze fails on %s', async (_, count, times, expected) => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 500, users: ['external_id:fixture-u0'], times }])
  const tiers = list(count, (n) => tier(`fixture-u${n}`, n))
  expect(await harness.work([profiles('m1', tiers, { receives: 5 })])).toEqual([])
  expect(onlook(harness).codes).toEqual(expected)
})

test('an event whose answer never confirms it is parked as perhaps arrived, and a profile as failing', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([answers(200, { body: {} })])
  await workUntilDone(harness, [
    events(
      'm1',
      list(75, (n) => event(n)),
    ),
    profiles(
      'm2',
      list(75, (n) => tier(`fixture-u${n}`, n)),
      { lane: 'lane-1' },
    ),
  ])
  const { codes, parked } = onlook(harness)
  expect(codes.toSorted((a = '', b = '') => a.localeCompare(b))).toEqual([
    'BRAZE_FAILS_ON_IT',
    'MAY_HAVE_ARRIVED',
  ])
  expect(parked).toEqual(['fixture-u37', 'fixture-u37'])
})

describe('a 400', () => {
  const REFUSAL = { do: 'answer', status: 400 } as const
  const JSON_BODY = { message: 'Bad Request' }
  const eight = () => [
    profiles(
      'm1',
      list(8, (n) => tier(`fixture-u${n}`, n)),
      { lane: 'lane-1' },
    ),
    events(
      'm2',
      list(8, (n) => event(n)),
    ),
  ]

  test.each([
    ['with words', JSON_BODY],
    ['with an error for the object', { errors: [{ type: 'fixture', input_array: 'attributes', index: 0 }] }],
    ['with a page of HTML', '<html>'],
    ['about the key', { message: 'Invalid API Key' }],
    ['about the address', { message: 'Invalid whitelisted IPs' }],
    ['about permissions', { message: 'You do not have permission to access this resource' }],
    ['about the account', { message: 'The account is inactive' }],
  ])('%s, for everything, parks nothing, and all is delivered afterwards', async (_, body) => {
    const harness = createWorkerHarness()
    harness.braze.script([{ ...REFUSAL, body, times: 'always' }])
    let messages = eight()
    for (let receive = 0; receive < 12; receive++) messages = again(messages, await harness.work(messages))
    expect(messages).toHaveLength(2)
    expect(harness.deadLetters).toEqual([])
    harness.braze.clearScript()
    expect(await harness.work(messages)).toEqual([])
    expect(onlook(harness).events).toHaveLength(8)
  })

  test('for everything is logged as a hold that a person has to look at', async () => {
    const harness = createWorkerHarness()
    harness.braze.script([{ ...REFUSAL, body: JSON_BODY, times: 'always' }])
    await harness.work([profiles('m1', [tier('fixture-u1', 1)])])
    const fields = expect.objectContaining({ code: 'BRAZE_REJECTS_EVERYTHING' })
    expect(harness.logged).toContainEqual(expect.objectContaining({ level: 'error', fields }))
    expect(harness.counted).toContainEqual(['BrazeHolding', 1])
  })

  test.each(list(12, (start) => start))(
    'to everything from answer %i on, however long, blames no object',
    async (start) => {
      for (let times = 1; times <= 24; times++) {
        const harness = createWorkerHarness()
        const works = start === 0 ? [] : [{ do: 'delay', delayMs: 1, times: start } as const]
        // The search that the outage falls into is caused by the culprit.
        const culprit = {
          ...REFUSAL,
          body: JSON_BODY,
          users: ['external_id:fixture-u5'],
          times: 'always' as const,
        }
        harness.braze.script([culprit, ...works, { ...REFUSAL, body: JSON_BODY, times }])
        await workUntilDone(harness, eight())
        const { codes, parked } = onlook(harness)
        expect(new Set(parked)).toEqual(new Set(['fixture-u5']))
        expect(new Set(codes)).toEqual(new Set(['REJECTED_BY_BRAZE']))
      }
    },
  )

  test('for one object is believed from the fifth receive on if Braze never accepts the probe', async () => {
    const harness = createWorkerHarness()
    const users = ['external_id:actioniq-braze-bridge-probe', 'external_id:fixture-u5']
    harness.braze.script([{ ...REFUSAL, body: JSON_BODY, users, times: 'always' }])
    const tiers = list(8, (n) => tier(`fixture-u${n}`, n))
    expect(await harness.work([profiles('m1', tiers, { receives: 4 })])).toEqual(['m1'])
    expect(harness.deadLetters).toEqual([])
    harness.ledger.clear()
    expect(await harness.work([profiles('m1', tiers, { receives: 5 })])).toEqual([])
    expect(onlook(harness)).toMatchObject({ parked: ['fixture-u5'], codes: ['REJECTED_BY_BRAZE'] })
    harness.ledger.clear()
    expect(await harness.work([profiles('m2', [tier('fixture-u5', 5)], { receives: 899 })])).toEqual(['m2'])
    expect(await harness.work([profiles('m2', [tier('fixture-u5', 5)], { receives: 900 })])).toEqual([])
  })
})

test('a Braze that rejects the probe holds the other lanes for four receives only', async () => {
  const harness = createWorkerHarness()
  const users = ['external_id:actioniq-braze-bridge-probe', 'external_id:fixture-u1']
  harness.braze.script([{ do: 'answer', status: 400, body: { message: 'x' }, users, times: 'always' }])
  const at = (receives: number) => [
    events('m1', [event(1)], { receives }),
    events('m2', [event(2)], { receives, lane: 'lane-1' }),
  ]
  expect(await harness.work(at(5))).toEqual(['m1'])
  expect(onlook(harness)).toMatchObject({ codes: [], events: ['fixture-u2'] })
  expect(harness.counted).toContainEqual(['BrazeHolding', 1])
})

test.each([
  ['a 504 after 7 seconds', 75, 7_000],
  ['a 504 after 7 seconds, among 100 records of one user', 100, 7_000],
])('an object that gets %s is found', async (_, count, slowMs) => {
  const harness = createWorkerHarness()
  const isPoison = (body: object) => JSON.stringify(body).includes('poison')
  harness.takesMs = (body) => (isPoison(body) ? slowMs : 300)
  harness.braze.script([{ do: 'answer', status: 504, matches: isPoison, times: 'always' }])
  const rows = list(count, (n) => ({
    external_id: count === 75 ? `fixture-u${n}` : 'fixture-u1',
    attributes: { [`a${n}`]: n === 37 ? 'poison' : 1 },
  }))
  let left = [profiles('m1', rows, { receives: 5 })]
  for (let receive = 0; receive < 4; receive++)
    left = again(left, await harness.work(left, { deadlineMs: SEND_WINDOW_SECONDS * 1_000 }))
  expect([left, onlook(harness).codes]).toEqual([[], ['BRAZE_FAILS_ON_IT']])
})

describe('counters that do not add up without an error', () => {
  const counted = (processed: number, more: object = {}): ScriptStep => ({
    do: 'answer',
    status: 201,
    body: { message: 'success', ...(processed >= 0 && { attributes_processed: processed }), ...more },
    apply: true,
  })

  test('send profiles again in halves, and the one that Braze never counts is parked', async () => {
    const harness = createWorkerHarness()
    harness.braze.script([
      {
        ...counted(3),
        users: ['external_id:fixture-u3'],
        matches: ({ attributes }) => attributes.length === 4,
      },
      {
        ...counted(1),
        users: ['external_id:fixture-u3'],
        matches: ({ attributes }) => attributes.length === 2,
      },
      { ...counted(0), users: ['external_id:fixture-u3'], times: 'always' },
    ])
    expect(
      await harness.work([
        profiles(
          'm1',
          list(4, (n) => tier(`fixture-u${n}`, n)),
        ),
      ]),
    ).toEqual([])
    expect(onlook(harness)).toMatchObject({ codes: ['REJECTED_BY_BRAZE'], parked: ['fixture-u3'] })
    expect(harness.counted).toContainEqual(['BrazeUncounted', 1])
  })

  test('blame nobody if Braze counts nothing', async () => {
    const harness = createWorkerHarness()
    harness.braze.script([{ ...counted(0), times: 'always' }])
    expect(
      await harness.work([
        profiles(
          'm1',
          list(4, (n) => tier(`fixture-u${n}`, n)),
        ),
      ]),
    ).toEqual([])
    expect(harness.deadLetters).toEqual([])
  })

  test('park events as perhaps arrived, since they cannot be sent again', async () => {
    const harness = createWorkerHarness()
    harness.braze.script([counted(-1, { events_processed: 1 })])
    expect(await harness.work([events('m1', [event(1), event(2)])])).toEqual([])
    expect(onlook(harness).codes).toEqual(['MAY_HAVE_ARRIVED', 'MAY_HAVE_ARRIVED'])
  })

  test('mean nothing for users whom the request must not create', async () => {
    const harness = createWorkerHarness()
    harness.braze.script([counted(-1, { events_processed: 0 })])
    const existing = { ...event(1), fields: { _update_existing_only: true } }
    expect(await harness.work([events('m1', [existing])])).toEqual([])
    expect(onlook(harness).codes).toEqual([])
  })

  test('of an event that Braze counts and names in an error say that it may have arrived', async () => {
    const harness = createWorkerHarness()
    const errors = [{ type: 'fixture words', input_array: 'events', index: 1 }]
    harness.braze.script([counted(-1, { events_processed: 2, errors })])
    expect(await harness.work([events('m1', [event(1), event(2)])])).toEqual([])
    expect(onlook(harness)).toMatchObject({ codes: ['MAY_HAVE_ARRIVED'], parked: ['fixture-u2'] })
  })

  test('are right for two events of one user, since Braze counts external ids', async () => {
    const harness = createWorkerHarness()
    harness.braze.script([counted(-1, { events_processed: 1 })])
    expect(await harness.work([events('m1', [event(1), event(1, 'fixture-f')])])).toEqual([])
    expect(onlook(harness)).toMatchObject({ codes: [], events: ['fixture-u1', 'fixture-u1'] })
  })
})

test('a wait that Braze names is obeyed before each further request, also after the object is blamed', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([answers(429, { headers: { 'retry-after': '2' } })])
  const users = list(75, (n) => event(n))
  await harness.work([events('m1', users, { receives: 5 })], { deadlineMs: SEND_WINDOW_SECONDS * 1_000 })
  expect(onlook(harness).codes).toEqual(['BRAZE_FAILS_ON_IT'])
  const waited = harness.bodies.flatMap((body, n) => {
    const next = harness.sentAt[n + 1]
    const isTold = JSON.stringify(body).includes('fixture-u37')
    return isTold && next !== undefined ? [next - (harness.sentAt[n] ?? 0)] : []
  })
  expect(waited.length).toBeGreaterThan(3)
  expect(Math.min(...waited)).toBe(2_000)
})
