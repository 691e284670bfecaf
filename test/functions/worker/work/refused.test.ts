import { expect, test } from 'vitest'
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

/** What Braze refuses is parked alone: before the call, by its name in the answer, or by a search. */

const of = (attributes: object) => ({ external_id: 'fixture-u1', attributes })
const REFUSAL = { do: 'answer', status: 400, body: { message: 'fixture refusal' } } as const
const always = { times: 'always' } as const
const user = (n: number) => ({ users: [`external_id:fixture-u${n}`] })
const unnamed = { do: 'reject', rejected: user(2).users, indexes: 'missing', ...always } as const
const isBad = ({ attributes = [] }: { attributes?: readonly unknown[] }) =>
  JSON.stringify(attributes).includes('"bad"')
const ROWS = [{ a: 1 }, { bad: 1 }, { a: 2, b: 2 }, { c: 3 }].map(of)

type Case = readonly [
  rule: string,
  script: readonly ScriptStep[],
  message: ReceivedMessage,
  expected: Partial<Awaited<ReturnType<typeof workOnce>>>,
]

test.for<Case>([
  [
    'what Braze would refuse is parked before the call, and its neighbours are delivered',
    [],
    profiles('m1', [
      tier('fixture-u1', 'ok'),
      { external_id: 'fixture-u2', attributes: { $fixture: 1 } },
      { external_id: 'x'.repeat(988), attributes: { a: 1 } },
      { external_id: 'fixture-u4', attributes: { AIQ_7_7: 'yes' } },
    ]),
    {
      codes: ['ATTRIBUTE_REFUSED', 'EXTERNAL_ID_TOO_LONG', 'FLAG_NOT_BOOLEAN'],
      bodies: [{ attributes: [{ external_id: 'fixture-u1', fixture_tier: 'ok' }] }],
    },
  ],
  [
    'an object that Braze rejects by name is parked, the rest is delivered once',
    [{ do: 'reject', rejected: user(2).users, type: 'fixture words' }],
    events('m1', [event(1), event(2), event(3)]),
    {
      codes: ['REJECTED_BY_BRAZE'],
      parked: ['fixture-u2'],
      events: ['fixture-u1', 'fixture-u3'],
      sizes: [3],
    },
  ],
  [
    'when every object is bad, each is parked for its own reason',
    [],
    profiles(
      'm1',
      [1, 2].map((n) => ({ braze_id: `fixture-nobody-${n}`, attributes: { a: 1 } })),
    ),
    // The request, and a probe.
    { sizes: [2, 1], codes: ['REJECTED_BY_BRAZE', 'REJECTED_BY_BRAZE'] },
  ],
  [
    'a request refused as a whole is halved until the culprit stands alone',
    [{ ...REFUSAL, ...user(5), ...always }],
    profiles(
      'm1',
      list(8, (n) => tier(`fixture-u${n}`, n)),
    ),
    // 8 rejected, 4 accepted, 4 rejected, 2 rejected, 1 accepted, 1 rejected, probe, 1 rejected, 2 accepted
    { parked: ['fixture-u5'], sizes: [8, 4, 4, 2, 1, 1, 1, 1, 2], codes: ['REJECTED_BY_BRAZE'] },
  ],
  [
    'a merged object that Braze rejects is taken apart, and the accepted rest goes again, merged and last',
    [{ do: 'reject', rejected: user(1).users, matches: isBad, ...always }],
    profiles('m1', ROWS),
    { codes: ['REJECTED_BY_BRAZE'], profiles: { 'fixture-u1': { a: 2, b: 2, c: 3 } } },
  ],
  [
    'of an error that names no object, profile objects are searched',
    [unnamed],
    profiles(
      'm1',
      [1, 2, 3].map((n) => tier(`fixture-u${n}`, n)),
    ),
    { parked: ['fixture-u2'], codes: ['REJECTED_BY_BRAZE'] },
  ],
  [
    'of an error that names no object, events are parked as perhaps arrived',
    [unnamed],
    events('m1', [event(1), event(2), event(3)]),
    { sizes: [3], codes: Array(3).fill('MAY_HAVE_ARRIVED') },
  ],
  [
    'an error without an index parks nothing where Braze’s counters account for every object',
    [{ do: 'add errors', errors: [{ type: 'fixture noise' }] }],
    events('m1', [event(1)]),
    { codes: [], events: ['fixture-u1'] },
  ],
  [
    'an error names the object of its own array',
    [{ do: 'reject', rejected: user(2).users }],
    events('m1', [
      event(1),
      {
        ...event(2),
        type: 'purchase',
        product_id: 'x',
        currency: 'EUR',
        price: 1,
        time: '2026-11-20T10:00:00Z',
      },
      event(3),
    ]),
    { parked: ['fixture-u2'], events: ['fixture-u1', 'fixture-u3'] },
  ],
  [
    'a message that the receiver did not write is parked as it stands',
    [],
    profiles('m1', [], { body: 'fixture text' }),
    { codes: ['MESSAGE_UNREADABLE'], sizes: [] },
  ],
])('%s', async ([, script, message, expected]) => {
  const outcome = await workOnce(script, [message])
  expect(outcome).toMatchObject({ back: [], ...expected })
})

test('the rest of a merged object goes again as one object', async () => {
  const { bodies, harness } = await workOnce(
    [{ do: 'reject', rejected: user(1).users, matches: isBad, ...always }],
    [profiles('m1', ROWS)],
  )
  expect(harness.parkedRecords()).toEqual([{ type: 'profile', ...of({ bad: 1 }) }])
  expect(bodies.at(-1)).toEqual({ attributes: [{ external_id: 'fixture-u1', a: 2, b: 2, c: 3 }] })
})

test('a dead letter holds its one record, the failure first, and a group and deduplication id of its own', async () => {
  const bad = { external_id: 'fixture-u2', run_id: '889', attributes: { '': 1 } }
  const { harness } = await workOnce([], [profiles('m1', [tier('fixture-u1', 1), bad], { receives: 2 })])
  const [deadLetter, ...others] = harness.deadLetters
  expect(others).toEqual([])
  expect(deadLetter).toMatchObject({
    queueUrl: 'https://sqs.test/profiles-dlq.fifo',
    group: 'm1-1',
    dedupId: 'm1-1',
    attributes: { code: 'ATTRIBUTE_REFUSED', connection: 'default', kind: 'profiles', run: '889' },
  })
  const { failure, records, ...envelope } = JSON.parse(deadLetter?.body ?? '')
  expect(Object.keys(envelope)).toEqual(['v', 'id', 'connection', 'receivedAt', 'requestId'])
  expect(deadLetter?.body).toMatch(/^\{"failure"/)
  expect(failure).toEqual({
    code: 'ATTRIBUTE_REFUSED',
    reason: "Braze would refuse or silently drop the attribute '': the name is empty.",
    hint: 'Change or drop that column in the ActionIQ export. Correct it at the source and send the row again, or redrive the dead letter once the cause is gone.',
    at: '2026-11-20T12:00:00.000Z',
    attempts: 2,
    requestId: 'request-1',
  })
  expect(records).toEqual([{ type: 'profile', ...bad }])
})

test('a dead letter of what Braze rejects has its words and its status', async () => {
  const script = { do: 'reject', rejected: user(1).users, type: 'fixture words' } as const
  const { harness } = await workOnce([script], [events('m1', [event(1), event(2)])])
  expect(JSON.parse(harness.deadLetters[0]?.body ?? '').failure).toMatchObject({
    code: 'REJECTED_BY_BRAZE',
    reason: 'Braze rejected it: fixture words',
    httpStatus: 201,
  })
})

test('a dead letter of what nobody can read has its text', async () => {
  const { harness } = await workOnce([], [profiles('m1', [], { body: 'fixture text' })])
  expect(JSON.parse(harness.deadLetters[0]?.body ?? '').body).toBe('fixture text')
})

test('a search of events that may not end in time does not begin: the message goes back whole', async () => {
  const message = events(
    'm1',
    list(4, (n) => event(n)),
  )
  const script = [{ ...REFUSAL, ...user(3), ...always }]
  expect(await workOnce(script, [message], { deadlineMs: 14_000 })).toMatchObject({
    back: ['m1'],
    sizes: [4],
    events: [],
    hidden: [{ ids: ['m1'], seconds: 1 }],
  })
  expect(await workOnce(script, [message], { deadlineMs: 16_000 })).toMatchObject({
    back: [],
    parked: ['fixture-u3'],
  })
})

test('an outage that cuts a search off doubles no event, and the culprit is found afterwards', async () => {
  const message = events(
    'm1',
    list(4, (n) => event(n)),
  )
  const refusal = { ...REFUSAL, ...user(3) }
  const script = [
    refusal,
    { do: 'delay', delayMs: 1 },
    { do: 'answer', status: 503 },
    { ...refusal, ...always },
  ] as const
  const { harness, back, codes } = await workOnce(script, [message])
  expect([back, codes]).toEqual([['m1'], []])
  expect(await harness.work([message])).toEqual([])
  expect(onlook(harness)).toMatchObject({
    codes: ['REJECTED_BY_BRAZE'],
    events: ['fixture-u0', 'fixture-u1', 'fixture-u2'],
  })
})

test('a user’s later event does not overtake an earlier one when a search is cut off', async () => {
  const names = ['e0', 'e1', 'e2', 'e3']
  const messages = [
    events(
      'm1',
      names.map((name) => event(1, name)),
    ),
  ]
  const { harness, back } = await workOnce(
    [
      { do: 'answer', status: 413 },
      { do: 'answer', status: 503 },
    ],
    messages,
  )
  await harness.work(again(messages, back))
  expect(harness.braze.events().map(({ name }) => name)).toEqual(names)
})

test('parking that fails is tried for some seconds; then the message goes back, and its events are not sent again', async () => {
  const harness = createWorkerHarness()
  const message = events('m1', [event(1), event(2, 'x'.repeat(256))])
  harness.rejectsDeadLetters = () => true
  expect(await harness.work([message])).toEqual(['m1'])
  expect(harness.paused).toBe(3_000)
  expect(harness.hidden).toEqual([{ ids: ['m1'], seconds: 3 }])
  harness.rejectsDeadLetters = () => false
  expect(await harness.work([message])).toEqual([])
  expect(onlook(harness)).toMatchObject({ codes: ['EVENT_REFUSED'], events: ['fixture-u1'] })
})

test('parking goes on while SQS accepts some of the dead letters', async () => {
  const harness = createWorkerHarness()
  const bad = list(10, (n) => event(n, 'x'.repeat(256)))
  let calls = 0
  // Of every second call, SQS accepts one dead letter.
  harness.rejectsDeadLetters = ({ dedupId }) => {
    if (dedupId === 'm1-9') calls += 1
    return calls % 2 !== 0 || dedupId !== `m1-${calls / 2 - 1}`
  }
  await harness.work([events('m1', bad)])
  expect(harness.deadLetters.map(({ dedupId }) => dedupId)).toEqual(list(10, (n) => `m1-${n}`))
})

test('what is delivered is deleted before a dead letter is tried again', async () => {
  const harness = createWorkerHarness()
  const removedBefore: string[][] = []
  harness.rejectsDeadLetters = () => {
    removedBefore.push([...harness.removed])
    return true
  }
  const good = list(9, (n) => events(`m${n}`, [event(n)], { lane: `lane-${n}` }))
  const bad = events('bad', [event(9, 'x'.repeat(256))], { lane: 'lane-9' })
  expect(await harness.work([...good, bad])).toEqual(['bad'])
  expect(removedBefore.slice(0, 2)).toEqual([[], ['m0', 'm1', 'm2', 'm3', 'm4', 'm5', 'm6', 'm7', 'm8']])
})

test('a parking that fails lets no old value be written over a newer one', async () => {
  const harness = createWorkerHarness()
  const messages = [
    profiles('m1', [tier('fixture-u1', 'old'), { external_id: 'fixture-u2', attributes: { $bad: 1 } }]),
    profiles('m2', [tier('fixture-u1', 'new')]),
  ]
  harness.rejectsDeadLetters = () => true
  const back = await harness.work(messages)
  expect(back).toEqual(['m1', 'm2'])
  harness.rejectsDeadLetters = () => false
  // Another execution environment has no ledger of what the first one delivered.
  harness.ledger.clear()
  expect(await harness.work(again(messages, back))).toEqual([])
  expect(onlook(harness).profiles).toEqual({ 'fixture-u1': { fixture_tier: 'new' } })
})

test('parking thousands of records ends within the time-out of the function', async () => {
  const harness = createWorkerHarness()
  const bad = (m: number) => list(500, (n) => tier(`fixture-${m}-${n}`, 'x'.repeat(300)))
  const messages = list(10, (m) => profiles(`m${m}`, bad(m), { lane: `lane-${m}` }))
  const startedAt = harness.now()
  harness.sendBatchMs = 1_500
  const back = await harness.work(messages, { deadlineMs: 45_000 })
  expect(harness.now() - startedAt).toBeLessThan(60_000)
  await harness.work(again(messages, back))
  expect(harness.deadLetters).toHaveLength(5_000)
})
