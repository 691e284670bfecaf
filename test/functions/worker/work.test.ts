import { expect, test } from 'vitest'
import type { ScriptStep } from '../../../bin/local/braze/script.ts'
import type { ReceivedMessage } from '../../../functions/worker/invocation.ts'
import { createWorkerHarness, events, NOON, profiles, tier } from './harness.ts'

const attributesOf = (harness: ReturnType<typeof createWorkerHarness>, external_id: string) =>
  harness.braze.profile({ external_id })?.custom_attributes

test('memberships become booleans, a leave false, attributes go under their headers', async () => {
  const harness = createWorkerHarness()
  const back = await harness.work([
    profiles('m1', [
      {
        external_id: 'fixture-u1',
        memberships: [{ audience_id: '1042', split_id: '2', member: true }],
        attributes: { fixture_tier: 'fixture-gold' },
      },
      { external_id: 'fixture-u2', memberships: [{ audience_id: '1042', split_id: '2', member: false }] },
    ]),
  ])
  expect(back).toEqual([])
  expect(attributesOf(harness, 'fixture-u1')).toEqual({ AIQ_1042_2: true, fixture_tier: 'fixture-gold' })
  expect(attributesOf(harness, 'fixture-u2')).toEqual({ AIQ_1042_2: false })
  expect(harness.bodies).toHaveLength(1)
})

test('an object carries one identifier: external_id where the row has it, else braze_id', async () => {
  const harness = createWorkerHarness({ seed: [{ braze_id: 'fixture-b2' }] })
  await harness.work([
    profiles('m1', [
      { external_id: 'fixture-u1', braze_id: 'fixture-b1', attributes: { fixture_n: 1 } },
      { braze_id: 'fixture-b2', attributes: { fixture_n: 2 } },
    ]),
  ])
  expect(harness.bodies).toEqual([
    {
      attributes: [
        { external_id: 'fixture-u1', fixture_n: 1 },
        { braze_id: 'fixture-b2', fixture_n: 2 },
      ],
    },
  ])
})

test('one user over several messages of a lane is one object, the last value of each attribute wins', async () => {
  const harness = createWorkerHarness()
  await harness.work([
    profiles('m1', [{ external_id: 'fixture-u1', attributes: { a: 1, b: 1 } }]),
    profiles('m2', [
      { external_id: 'fixture-u2', attributes: { a: 5 } },
      { external_id: 'fixture-u1', attributes: { b: 2 } },
    ]),
    profiles('m3', [{ external_id: 'fixture-u1', attributes: { c: 3, a: 9 } }]),
  ])
  expect(harness.bodies).toEqual([
    {
      attributes: [
        { external_id: 'fixture-u1', a: 9, b: 2, c: 3 },
        { external_id: 'fixture-u2', a: 5 },
      ],
    },
  ])
})

test('500 records of 500 users go in seven requests of at most 75', async () => {
  const harness = createWorkerHarness()
  await harness.work([
    profiles(
      'm1',
      Array.from({ length: 500 }, (_, n) => tier(`fixture-u${n}`, n)),
    ),
  ])
  expect(harness.bodies.map(({ attributes }) => attributes?.length)).toEqual([75, 75, 75, 75, 75, 75, 50])
  expect(harness.braze.profiles()).toHaveLength(500)
})

test('events keep their order, name, time and properties, and reserved property names are changed', async () => {
  const harness = createWorkerHarness()
  await harness.work([
    events('m1', [
      {
        external_id: 'fixture-u1',
        name: 'fixture-cart',
        time: '2026-11-20T10:00:00Z',
        properties: { sku: 'fixture-sku', time: 'evening' },
      },
      { external_id: 'fixture-u1', name: 'fixture-visit' },
    ]),
  ])
  expect(harness.bodies).toEqual([
    {
      events: [
        {
          external_id: 'fixture-u1',
          name: 'fixture-cart',
          time: '2026-11-20T10:00:00Z',
          properties: { sku: 'fixture-sku', time_: 'evening' },
        },
        { external_id: 'fixture-u1', name: 'fixture-visit', time: '2026-11-20T11:59:00.000Z' },
      ],
    },
  ])
})

test('single events that come one a message share a request', async () => {
  const harness = createWorkerHarness()
  const messages = Array.from({ length: 10 }, (_, n) =>
    events(`m${n}`, [{ external_id: `fixture-u${n}`, name: `fixture-e${n}` }], { lane: `lane-${n % 3}` }),
  )
  expect(await harness.work(messages)).toEqual([])
  expect(harness.bodies).toHaveLength(1)
  // Events keep their order within a lane. Between lanes there is no order.
  expect(harness.braze.events().map(({ name }) => name)).toEqual(
    [0, 3, 6, 9, 1, 4, 7, 2, 5, 8].map((n) => `fixture-e${n}`),
  )
})

test('what Braze would refuse is parked with a hint before the call, and its neighbours are delivered', async () => {
  const harness = createWorkerHarness()
  const back = await harness.work([
    profiles('m1', [
      tier('fixture-u1', 'fixture-ok'),
      { external_id: 'fixture-u2', attributes: { $fixture: 1 } },
      { external_id: 'x'.repeat(988), attributes: { a: 1 } },
      { external_id: 'fixture-u4', attributes: { AIQ_7_7: 'yes' } },
    ]),
  ])
  expect(back).toEqual([])
  expect(harness.deadLetterCodes()).toEqual(['ATTRIBUTE_REFUSED', 'EXTERNAL_ID_TOO_LONG', 'FLAG_NOT_BOOLEAN'])
  expect(harness.bodies).toEqual([
    { attributes: [{ external_id: 'fixture-u1', fixture_tier: 'fixture-ok' }] },
  ])
})

test('a letter holds its one record, the failure first, and a group and deduplication id of its own', async () => {
  const harness = createWorkerHarness()
  await harness.work([
    profiles(
      'm1',
      [tier('fixture-u1', 1), { external_id: 'fixture-u2', run_id: '889', attributes: { '': 1 } }],
      { receives: 2 },
    ),
  ])
  expect(harness.deadLetters).toHaveLength(1)
  const [deadLetter] = harness.deadLetters
  expect(deadLetter).toMatchObject({
    queueUrl: 'https://sqs.test/profiles-dlq.fifo',
    group: 'm1-1',
    dedupId: 'm1-1',
    attributes: { code: 'ATTRIBUTE_REFUSED', connection: 'default', kind: 'profiles', run: '889' },
  })
  const body = JSON.parse(deadLetter?.body ?? '')
  expect(Object.keys(body)).toEqual([
    'failure',
    'v',
    'id',
    'connection',
    'receivedAt',
    'requestId',
    'records',
  ])
  expect(body.failure).toEqual({
    code: 'ATTRIBUTE_REFUSED',
    reason: "Braze would refuse or silently drop the attribute '': the name is empty.",
    hint: 'Change or drop that column in the ActionIQ export. Correct it at the source and let it send the row again, or put the letter back once the cause is gone.',
    at: '2026-11-20T12:00:00.000Z',
    attempts: 2,
    requestId: 'request-1',
  })
  expect(body.records).toEqual([
    { type: 'profile', external_id: 'fixture-u2', run_id: '889', attributes: { '': 1 } },
  ])
})

test('an object that Braze rejects by name is parked with Braze’s words, the rest is delivered once', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'reject', rejected: ['external_id:fixture-u2'], type: 'fixture words' }])
  const back = await harness.work([
    events(
      'm1',
      ['1', '2', '3'].map((n) => ({ external_id: `fixture-u${n}`, name: 'fixture-e' })),
    ),
  ])
  expect(back).toEqual([])
  expect(harness.parkedRecords()).toEqual([{ type: 'event', external_id: 'fixture-u2', name: 'fixture-e' }])
  expect(JSON.parse(harness.deadLetters[0]?.body ?? '').failure).toMatchObject({
    code: 'REJECTED_BY_BRAZE',
    reason: 'Braze rejected it: fixture words',
    httpStatus: 201,
  })
  expect(harness.braze.events().map(({ external_id }) => external_id)).toEqual(['fixture-u1', 'fixture-u3'])
})

test('a request refused as a whole is halved until the culprit stands alone', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([
    {
      do: 'answer',
      status: 400,
      body: { message: 'fixture refusal' },
      users: ['external_id:fixture-u5'],
      times: 'always',
    },
  ])
  const back = await harness.work([
    profiles(
      'm1',
      Array.from({ length: 8 }, (_, n) => tier(`fixture-u${n}`, n)),
    ),
  ])
  expect(back).toEqual([])
  expect(harness.parkedRecords()).toEqual([
    { type: 'profile', external_id: 'fixture-u5', attributes: { fixture_tier: 5 } },
  ])
  expect(harness.braze.profiles()).toHaveLength(7)
  // 8 rejected, 4 accepted, 4 rejected, 2 rejected, 1 accepted, 1 rejected, 2 accepted
  expect(harness.bodies.map(({ attributes }) => attributes?.length)).toEqual([8, 4, 4, 2, 1, 1, 2])
})

test('a merged object that Braze rejects is taken apart, and the accepted rest goes again, merged and last', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([
    {
      do: 'reject',
      rejected: ['external_id:fixture-u1'],
      matches: ({ attributes = [] }) => attributes.some((object) => 'bad' in (object as object)),
      times: 'always',
    },
  ])
  const back = await harness.work([
    profiles('m1', [
      { external_id: 'fixture-u1', attributes: { a: 1 } },
      { external_id: 'fixture-u1', attributes: { bad: 1 } },
      { external_id: 'fixture-u1', attributes: { a: 2, b: 2 } },
      { external_id: 'fixture-u1', attributes: { c: 3 } },
    ]),
  ])
  expect(back).toEqual([])
  expect(harness.parkedRecords()).toEqual([
    { type: 'profile', external_id: 'fixture-u1', attributes: { bad: 1 } },
  ])
  expect(harness.bodies.at(-1)).toEqual({ attributes: [{ external_id: 'fixture-u1', a: 2, b: 2, c: 3 }] })
  expect(attributesOf(harness, 'fixture-u1')).toEqual({ a: 2, b: 2, c: 3 })
})

test('when every object is bad, each is parked for its own reason', async () => {
  const harness = createWorkerHarness()
  await harness.work([
    profiles('m1', [
      { braze_id: 'fixture-nobody-1', attributes: { a: 1 } },
      { braze_id: 'fixture-nobody-2', attributes: { a: 1 } },
    ]),
  ])
  expect(harness.bodies).toHaveLength(1)
  expect(harness.deadLetterCodes()).toEqual(['REJECTED_BY_BRAZE', 'REJECTED_BY_BRAZE'])
})

test('of an error that names no object, profile objects are searched, events are parked as perhaps arrived', async () => {
  const ofProfiles = createWorkerHarness()
  ofProfiles.braze.script([
    { do: 'reject', rejected: ['external_id:fixture-u2'], indexes: 'missing', times: 'always' },
  ])
  expect(
    await ofProfiles.work([
      profiles('m1', [tier('fixture-u1', 1), tier('fixture-u2', 2), tier('fixture-u3', 3)]),
    ]),
  ).toEqual([])
  expect(ofProfiles.parkedRecords()).toEqual([
    { type: 'profile', external_id: 'fixture-u2', attributes: { fixture_tier: 2 } },
  ])

  const ofEvents = createWorkerHarness()
  ofEvents.braze.script([
    { do: 'reject', rejected: ['external_id:fixture-u2'], indexes: 'missing', times: 'always' },
  ])
  const three = ['1', '2', '3'].map((n) => ({ external_id: `fixture-u${n}`, name: 'fixture-e' }))
  expect(await ofEvents.work([events('m1', three)])).toEqual([])
  expect(ofEvents.deadLetterCodes()).toEqual(['MAY_HAVE_ARRIVED', 'MAY_HAVE_ARRIVED', 'MAY_HAVE_ARRIVED'])
  expect(ofEvents.bodies).toHaveLength(1)
})

test('an error without an index parks nothing where Braze’s counters account for every object', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'add errors', errors: [{ type: 'fixture noise' }] }])
  expect(await harness.work([events('m1', [{ external_id: 'fixture-u1', name: 'fixture-e' }])])).toEqual([])
  expect(harness.deadLetters).toEqual([])
})

test('a long told wait is obeyed by every lane that was told, and nothing is parked', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([
    { do: 'rate limit', dialect: 'x-ratelimit-retry-after', seconds: 1800, times: 'always' },
  ])
  const back = await harness.work([
    profiles('m1', [tier('fixture-u1', 1)]),
    profiles('m2', [tier('fixture-u2', 1)], { lane: 'lane-1' }),
  ])
  expect(back).toEqual(['m1', 'm2'])
  expect(harness.hidden).toEqual([
    { ids: ['m1'], seconds: 1800 },
    { ids: ['m2'], seconds: 1800 },
  ])
  expect(harness.bodies).toHaveLength(1)
  expect(harness.deadLetters).toEqual([])
})

test('a wait under ten seconds is slept inside the invocation', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'rate limit', dialect: 'retry-after', seconds: 3 }])
  expect(await harness.work([profiles('m1', [tier('fixture-u1', 1)])])).toEqual([])
  expect(harness.paused).toBe(3000)
  expect(harness.bodies).toHaveLength(2)
})

test('after a 401 the secret is read anew once, so that a rotated key is picked up', async () => {
  const harness = createWorkerHarness()
  harness.credentials.unshift({ apiKey: 'fixture-old-key', restEndpoint: 'https://rest.iad-01.braze.com' })
  expect(await harness.work([profiles('m1', [tier('fixture-u1', 1)])])).toEqual([])
  expect(harness.keys).toEqual(['fixture-old-key', 'key-of-the-braze-simulator'])
})

test.for([
  { status: 401, code: 'BRAZE_KEY_REFUSED', requests: 2 },
  { status: 403, code: 'BRAZE_KEY_LACKS_PERMISSION', requests: 1 },
  { status: 404, code: 'BRAZE_URL_WRONG', requests: 1 },
  { status: 302, code: 'BRAZE_URL_WRONG', requests: 1 },
])('a $status holds every message, says so, and parks nothing', async ({ status, code, requests }) => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status, times: 'always' }])
  const back = await harness.work([
    profiles('m1', [tier('fixture-u1', 1)]),
    profiles('m2', [tier('fixture-u2', 1)], { lane: 'lane-1', receives: 100 }),
  ])
  expect(back).toEqual(['m1', 'm2'])
  expect(harness.bodies).toHaveLength(requests)
  expect(harness.deadLetters).toEqual([])
  expect(harness.logged.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { code } }])
  // The waits are half of 5 s at the first receive, and half of 15 min at the hundredth.
  expect(harness.hidden).toEqual([
    { ids: ['m1'], seconds: 3 },
    { ids: ['m2'], seconds: 450 },
  ])
})

test('the placeholder key and an unreadable secret hold every message without a request', async () => {
  for (const missing of ['BRAZE_SECRET_PLACEHOLDER', 'BRAZE_SECRET_UNREADABLE'] as const) {
    const harness = createWorkerHarness()
    harness.credentials.splice(0, 1, { missing })
    expect(await harness.work([profiles('m1', [tier('fixture-u1', 1)])])).toEqual(['m1'])
    expect(harness.bodies).toEqual([])
    expect(harness.logged).toContainEqual(
      expect.objectContaining({ level: 'error', fields: expect.objectContaining({ code: missing }) }),
    )
  }
})

test('a 5xx sends back its messages, while other requests of the invocation go on', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 503, users: ['external_id:fixture-u0'] }])
  const back = await harness.work([
    profiles(
      'm1',
      Array.from({ length: 75 }, (_, n) => tier(`fixture-u${n}`, n)),
    ),
    profiles('m2', [tier('fixture-u80', 1)], { lane: 'lane-1' }),
  ])
  expect(back).toEqual(['m1'])
  expect(harness.hidden).toEqual([{ ids: ['m1'], seconds: 3 }])
  expect(attributesOf(harness, 'fixture-u80')).toEqual({ fixture_tier: 1 })
})

test('a later message of the lane goes back with a failed one only if they share a user', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 503, users: ['external_id:fixture-u0'] }])
  const back = await harness.work([
    profiles('m1', [
      ...Array.from({ length: 75 }, (_, n) => tier(`fixture-u${n}`, n)),
      tier('fixture-shared', 'old'),
    ]),
    profiles('m2', [tier('fixture-shared', 'new')]),
    profiles('m3', [tier('fixture-other', 'new')]),
  ])
  // fixture-shared already has its new value. m1 will write the old one again, so m2 must be sent after it.
  expect(back).toEqual(['m1', 'm2'])
  expect(harness.hidden).toEqual([{ ids: ['m1', 'm2'], seconds: 3 }])
})

test('what shares a user with a message that goes back only for that goes back too', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 503, users: ['external_id:fixture-u0'] }])
  const back = await harness.work([
    profiles('m1', [
      ...Array.from({ length: 75 }, (_, n) => tier(`fixture-u${n}`, n)),
      tier('fixture-a', 'old'),
    ]),
    profiles('m2', [tier('fixture-a', 'new'), tier('fixture-b', 'old')]),
    profiles('m3', [tier('fixture-b', 'new')]),
  ])
  // m2 goes back because of fixture-a. It will write the old value of fixture-b again, so m3 must follow it.
  expect(back).toEqual(['m1', 'm2', 'm3'])
})

/** Receives the messages that went back once more, as from SQS. */
const again = (messages: readonly ReceivedMessage[], back: readonly string[]) =>
  messages
    .filter(({ messageId }) => back.includes(messageId))
    .map((message) => ({ ...message, receives: message.receives + 1 }))

test('from the fifth receive on, an object that Braze fails on while it takes the others is parked, and no other', async () => {
  const harness = createWorkerHarness()
  const culprits = [0, 1, 2, 3, 4, 5].map((n) => `external_id:fixture-u${n}`)
  harness.braze.script([{ do: 'answer', status: 500, users: culprits, times: 'always' }])
  const messages = [
    profiles(
      'm1',
      Array.from({ length: 75 }, (_, n) => tier(`fixture-u${n}`, n)),
      { receives: 4 },
    ),
  ]
  expect(await harness.work(messages)).toEqual(['m1'])
  expect(harness.deadLetters).toEqual([])
  expect(harness.braze.profiles()).toHaveLength(0)
  expect(await harness.work(again(messages, ['m1']))).toEqual([])
  expect(harness.braze.profiles()).toHaveLength(69)
  expect(harness.deadLetterCodes()).toEqual(Array(6).fill('BRAZE_FAILS_ON_IT'))
  expect(harness.parkedRecords().map(({ external_id }) => `external_id:${external_id}`)).toEqual(culprits)
})

test('an event that Braze fails on does not send its neighbours back to another environment, which would double them', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 500, users: ['external_id:fixture-u0'], times: 'always' }])
  const records = [0, 1, 2, 3].map((n) => ({ external_id: `fixture-u${n}`, name: 'fixture-e' }))
  expect(await harness.work([events('m1', records, { receives: 5 })])).toEqual([])
  expect(harness.deadLetterCodes()).toEqual(['BRAZE_FAILS_ON_IT'])
  expect(harness.braze.events().map(({ external_id }) => external_id)).toEqual([
    'fixture-u1',
    'fixture-u2',
    'fixture-u3',
  ])
})

test('what Braze took before it began to fail proves nothing against an object', async () => {
  const harness = createWorkerHarness()
  const holdsEvents = ({ events: sent }: { events: readonly unknown[] }) => sent.length > 0
  harness.braze.script([
    { do: 'delay', delayMs: 1 },
    { do: 'answer', status: 500, matches: holdsEvents, times: 'always' },
  ])
  const event = (n: number) =>
    events(`m${n}`, [{ external_id: `fixture-u${n}`, name: 'fixture-e' }], { lane: `lane-${n}`, receives: 5 })
  expect(await harness.work([event(0), event(1)])).toEqual(['m1'])
  expect(harness.deadLetters).toEqual([])
  expect(harness.braze.events()).toHaveLength(1)
})

test('an object that Braze fails on does not hold its lane, even when nothing else is there to compare', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 500, users: ['external_id:fixture-u1'], times: 'always' }])
  const messages = [
    events('m1', [{ external_id: 'fixture-u1', name: 'fixture-e' }], { receives: 5 }),
    events('m2', [{ external_id: 'fixture-u2', name: 'fixture-e' }], { receives: 5 }),
  ]
  expect(await harness.work(messages)).toEqual([])
  expect(harness.deadLetterCodes()).toEqual(['BRAZE_FAILS_ON_IT'])
  expect(harness.braze.events().map(({ external_id }) => external_id)).toEqual(['fixture-u2'])
})

test.each([
  ['events', [{ external_id: 'fixture-u1', name: 'fixture-e' }]],
  ['profiles', [tier('fixture-u1', 1)]],
] as const)('asking whether Braze is up changes nothing there: %s', async (queue, records) => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 500, users: ['external_id:fixture-u1'], times: 'always' }])
  await harness.work([(queue === 'events' ? events : profiles)('m1', records, { receives: 5 })])
  expect(harness.deadLetterCodes()).toEqual(['BRAZE_FAILS_ON_IT'])
  expect(harness.braze.profiles()).toEqual([])
  expect(harness.braze.events()).toEqual([])
})

test.each([1, 2, 3, 4, 5, 6])('an outage that ends after %i answers convicts nobody', async (times) => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 500, times }])
  const message = profiles('m1', [tier('fixture-u1', 1)], { receives: 5 })
  await harness.work(again([message], await harness.work([message])))
  await harness.work([message])
  expect(harness.deadLetters).toEqual([])
  expect(harness.braze.profiles()).toHaveLength(1)
})

test('an outage of events alone, in which Braze takes attributes, convicts nobody', async () => {
  const harness = createWorkerHarness()
  const holdsEvents = ({ events: sent }: { events: readonly unknown[] }) => sent.length > 0
  harness.braze.script([{ do: 'answer', status: 500, matches: holdsEvents, times: 'always' }])
  const message = events('m1', [{ external_id: 'fixture-u1', name: 'fixture-e' }], { receives: 900 })
  expect(await harness.work([message])).toEqual(['m1'])
  expect(harness.deadLetters).toEqual([])
})

test('an outage of purchases alone, in which Braze takes events, convicts nobody', async () => {
  const harness = createWorkerHarness()
  const holdsPurchases = ({ purchases }: { purchases: readonly unknown[] }) => purchases.length > 0
  harness.braze.script([{ do: 'answer', status: 500, matches: holdsPurchases, times: 'always' }])
  const purchase = {
    type: 'purchase',
    external_id: 'fixture-u1',
    product_id: 'fixture-sku',
    currency: 'EUR',
    price: 1,
    time: '2026-11-20T10:00:00Z',
  }
  expect(await harness.work([events('m1', [purchase], { receives: 5 })])).toEqual(['m1'])
  expect(harness.deadLetters).toEqual([])
})

test('a Braze that refuses the probe and fails on everything else convicts nobody for days', async () => {
  const harness = createWorkerHarness()
  const users = ['external_id:actioniq-braze-bridge-probe']
  harness.braze.script([
    { do: 'answer', status: 400, users, times: 'always' },
    { do: 'answer', status: 500, times: 'always' },
  ])
  const at = (receives: number) =>
    events('m1', [{ external_id: 'fixture-u1', name: 'fixture-e' }], { receives })
  for (const receives of [5, 6, 7, 400, 899]) expect(await harness.work([at(receives)])).toEqual(['m1'])
  expect(harness.deadLetters).toEqual([])
  expect(await harness.work([at(900)])).toEqual([])
  expect(harness.deadLetterCodes()).toEqual(['BRAZE_FAILS_ON_IT'])
})

test('a merged object that Braze fails on is taken apart, and only its culprit is parked', async () => {
  const harness = createWorkerHarness()
  const isBad = ({ attributes = [] }: { attributes?: readonly unknown[] }) =>
    JSON.stringify(attributes).includes('bad')
  harness.braze.script([{ do: 'answer', status: 500, matches: isBad, times: 'always' }])
  const rows = [{ a: 1 }, { bad: 1 }, { b: 2 }].map((attributes) => ({
    external_id: 'fixture-u1',
    attributes,
  }))
  let messages = [profiles('m1', rows, { receives: 5 })]
  for (let receive = 0; receive < 3; receive++) messages = again(messages, await harness.work(messages))
  expect(messages).toEqual([])
  expect(harness.parkedRecords().map(({ attributes }) => attributes)).toEqual([{ bad: 1 }])
  expect(attributesOf(harness, 'fixture-u1')).toEqual({ a: 1, b: 2 })
})

test('an outage that begins within an invocation convicts nobody', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([
    { do: 'delay', delayMs: 1 },
    { do: 'answer', status: 503, times: 'always' },
  ])
  const messages = Array.from({ length: 10 }, (_, n) =>
    events(`m${n}`, [{ external_id: `fixture-u${n}`, name: 'fixture-e' }], {
      lane: `lane-${n}`,
      receives: 9,
    }),
  )
  const back = await harness.work(messages)
  await harness.work(again(messages, back))
  await harness.work(again(messages, back))
  expect(back).toHaveLength(9)
  expect(harness.deadLetters).toEqual([])
})

test('a told wait on a 5xx is obeyed instead of searching', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 503, headers: { 'retry-after': '120' }, times: 'always' }])
  const message = profiles('m1', [tier('fixture-u1', 1), tier('fixture-u2', 1)], { receives: 5 })
  expect(await harness.work([message])).toEqual(['m1'])
  expect(harness.bodies).toHaveLength(1)
  expect(harness.hidden).toEqual([{ ids: ['m1'], seconds: 120 }])
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
  expect(attributesOf(harness, 'fixture-u1')).toEqual({ fixture_tier: 'new' })
})

test('before a relative write is sent, what comes before it in its lane is deleted', async () => {
  const harness = createWorkerHarness()
  const removedBefore: string[][] = []
  harness.beforeRequest = () => removedBefore.push([...harness.removed])
  const visits = (value: unknown) => [{ external_id: 'fixture-u1', attributes: { visits: value } }]
  await harness.work([
    profiles('m1', visits(1)),
    profiles('m2', visits({ inc: 2 })),
    profiles('m3', visits({ inc: 3 })),
  ])
  expect(removedBefore).toEqual([[], ['m1'], ['m1', 'm2']])
})

test('a directive of one record does not change what another means', async () => {
  const harness = createWorkerHarness()
  await harness.work([
    profiles('m1', [{ external_id: 'fixture-new', attributes: { a: 1 } }]),
    profiles('m2', [{ external_id: 'fixture-new', attributes: { _update_existing_only: true, b: 2 } }]),
  ])
  expect(harness.bodies).toHaveLength(2)
  expect(attributesOf(harness, 'fixture-new')).toEqual({ a: 1, b: 2 })
})

test('a user’s later event does not overtake an earlier one when a search is cut off', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([
    { do: 'answer', status: 413 },
    { do: 'answer', status: 503 },
  ])
  const event = (n: number) => ({ external_id: 'fixture-u1', name: `fixture-e${n}` })
  const messages = [events('m1', [event(0), event(1), event(2), event(3)])]
  await harness.work(again(messages, await harness.work(messages)))
  expect(harness.braze.events().map(({ name }) => name)).toEqual([
    'fixture-e0',
    'fixture-e1',
    'fixture-e2',
    'fixture-e3',
  ])
})

test('an answer that can never be read does not double events for ever', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 201, body: '<html>', apply: true, times: 'always' }])
  let messages = [events('m1', [{ external_id: 'fixture-u1', name: 'fixture-e' }])]
  for (let receive = 0; receive < 9; receive++) messages = again(messages, await harness.work(messages))
  expect(harness.braze.events()).toHaveLength(5)
  expect(harness.deadLetterCodes()).toEqual(['MAY_HAVE_ARRIVED'])
})

test('in an outage nothing is parked, however often it was received, and Braze is not stormed', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 503, times: 'always' }])
  const messages = [
    profiles(
      'm1',
      Array.from({ length: 75 }, (_, n) => tier(`fixture-u${n}`, n)),
      { receives: 700 },
    ),
  ]
  expect(await harness.work(messages)).toEqual(['m1'])
  expect(harness.deadLetters).toEqual([])
  expect(harness.bodies.length).toBeLessThanOrEqual(20)
  expect(harness.hidden).toEqual([{ ids: ['m1'], seconds: 450 }])
})

test('a lost answer is asked again, never dropped', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'reset', apply: true }])
  const message = events('m1', [{ external_id: 'fixture-u1', name: 'fixture-e' }])
  expect(await harness.work([message])).toEqual(['m1'])
  expect(await harness.work([message])).toEqual([])
  expect(harness.braze.events()).toHaveLength(2)
})

test('no request starts after the deadline; what is unsent goes back without a wait', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'delay', delayMs: 6_000, times: 'always' }])
  const messages = [
    profiles(
      'm1',
      Array.from({ length: 75 }, (_, n) => tier(`fixture-u${n}`, n)),
    ),
    profiles(
      'm2',
      Array.from({ length: 75 }, (_, n) => tier(`fixture-v${n}`, n)),
      { lane: 'lane-1' },
    ),
    profiles('m3', [tier('fixture-w', 1)], { lane: 'lane-2' }),
  ]
  expect(await harness.work(messages, { deadlineMs: 10_000 })).toEqual(['m3'])
  expect(harness.bodies).toHaveLength(2)
  expect(harness.hidden).toEqual([{ ids: ['m3'], seconds: 1 }])
})

test('in the events queue a lane stops at its first failure, and what is done is deleted before the next request', async () => {
  const harness = createWorkerHarness()
  const many = (prefix: string) =>
    Array.from({ length: 75 }, (_, n) => ({ external_id: `${prefix}${n}`, name: 'fixture-e' }))
  harness.braze.script([{ do: 'answer', status: 503, users: ['external_id:fixture-b0'] }])
  const back = await harness.work([
    events('m1', many('fixture-a')),
    events('m2', many('fixture-b')),
    events('m3', many('fixture-c')),
    events('m4', many('fixture-d'), { lane: 'lane-1' }),
  ])
  expect(back).toEqual(['m2', 'm3'])
  expect(harness.removed).toEqual(['m1'])
  expect(harness.braze.events()).toHaveLength(150)
})

test('parking that fails is tried until the deadline; then the message goes back, and its events are not sent again', async () => {
  const harness = createWorkerHarness()
  const message = events('m1', [
    { external_id: 'fixture-u1', name: 'fixture-e' },
    { external_id: 'fixture-u2', name: 'x'.repeat(256) },
  ])
  harness.rejectsDeadLetters = () => true
  expect(await harness.work([message])).toEqual(['m1'])
  expect(harness.paused).toBeGreaterThan(40_000)
  expect(harness.hidden).toEqual([{ ids: ['m1'], seconds: 3 }])
  harness.rejectsDeadLetters = () => false
  expect(await harness.work([message])).toEqual([])
  expect(harness.deadLetterCodes()).toEqual(['EVENT_REFUSED'])
  expect(harness.braze.events()).toHaveLength(1)
})

test('a search of events that may not end in time does not begin: the message goes back whole', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([
    {
      do: 'answer',
      status: 400,
      body: { message: 'fixture refusal' },
      users: ['external_id:fixture-u3'],
      times: 'always',
    },
  ])
  const message = events(
    'm1',
    Array.from({ length: 4 }, (_, n) => ({ external_id: `fixture-u${n}`, name: 'fixture-e' })),
  )
  expect(await harness.work([message], { deadlineMs: 14_000 })).toEqual(['m1'])
  expect(harness.bodies).toHaveLength(1)
  expect(harness.braze.events()).toEqual([])
  expect(harness.hidden).toEqual([{ ids: ['m1'], seconds: 1 }])
  expect(await harness.work([message], { deadlineMs: 16_000 })).toEqual([])
  expect(harness.braze.events()).toHaveLength(3)
})

test('an outage that cuts a search off doubles no event, and the culprit is found afterwards', async () => {
  const harness = createWorkerHarness()
  const refusal = {
    do: 'answer',
    status: 400,
    body: { message: 'fixture refusal' },
    users: ['external_id:fixture-u3'],
  } satisfies ScriptStep
  harness.braze.script([
    refusal,
    { do: 'delay', delayMs: 1 },
    { do: 'answer', status: 503 },
    { ...refusal, times: 'always' },
  ])
  const message = events(
    'm1',
    Array.from({ length: 4 }, (_, n) => ({ external_id: `fixture-u${n}`, name: 'fixture-e' })),
  )
  expect(await harness.work([message])).toEqual(['m1'])
  expect(harness.deadLetters).toEqual([])
  expect(await harness.work([message])).toEqual([])
  expect(harness.deadLetterCodes()).toEqual(['REJECTED_BY_BRAZE'])
  expect(harness.braze.events().map(({ external_id }) => external_id)).toEqual([
    'fixture-u0',
    'fixture-u1',
    'fixture-u2',
  ])
})

test('relative writes are never merged, and follow the plain ones before them in a request of their own', async () => {
  const harness = createWorkerHarness()
  const back = await harness.work([
    profiles('m1', [{ external_id: 'fixture-u1', attributes: { visits: 1 } }]),
    profiles('m2', [{ external_id: 'fixture-u1', attributes: { visits: { inc: 2 } } }]),
    profiles('m3', [{ external_id: 'fixture-u1', attributes: { visits: { inc: 3 } } }]),
    profiles('m4', [{ external_id: 'fixture-u1', attributes: { tier: 'fixture-x' } }]),
  ])
  expect(back).toEqual([])
  expect(harness.bodies.map(({ attributes }) => attributes)).toEqual([
    [{ external_id: 'fixture-u1', visits: 1 }],
    [{ external_id: 'fixture-u1', visits: { inc: 2 } }],
    [{ external_id: 'fixture-u1', visits: { inc: 3 } }],
    [{ external_id: 'fixture-u1', tier: 'fixture-x' }],
  ])
  expect(attributesOf(harness, 'fixture-u1')).toEqual({ visits: 6, tier: 'fixture-x' })
})

test('a message of a newer version stays in its queue with what is behind it in its lane', async () => {
  const harness = createWorkerHarness()
  const newer = { ...profiles('m1', []), body: '{"v":2,"id":"x"}' }
  expect(
    await harness.work([
      newer,
      profiles('m2', [tier('fixture-u1', 1)]),
      profiles('m3', [tier('fixture-u2', 1)], { lane: 'lane-1' }),
    ]),
  ).toEqual(['m1', 'm2'])
  expect(harness.deadLetters).toEqual([])
  expect(harness.logged).toContainEqual(
    expect.objectContaining({
      level: 'error',
      fields: expect.objectContaining({ code: 'MESSAGE_VERSION_UNKNOWN' }),
    }),
  )
})

test('a message that the receiver did not write is parked as it stands', async () => {
  const harness = createWorkerHarness()
  expect(await harness.work([{ ...profiles('m1', []), body: 'fixture text' }])).toEqual([])
  expect(harness.deadLetterCodes()).toEqual(['MESSAGE_UNREADABLE'])
  expect(JSON.parse(harness.deadLetters[0]?.body ?? '').body).toBe('fixture text')
})

test('a message that may kill the worker comes last and alone, when all others are deleted', async () => {
  const harness = createWorkerHarness()
  const seen: string[][] = []
  harness.beforeRequest = () => seen.push([...harness.removed])
  const danger = profiles('m1', [tier('fixture-u1', 1)], { receives: 3 })
  expect(await harness.work([danger, profiles('m2', [tier('fixture-u2', 1)], { lane: 'lane-1' })])).toEqual(
    [],
  )
  expect(seen).toEqual([[], ['m2']])
  expect(harness.removed).toEqual(['m2', 'm1'])
  expect([...harness.marks]).toEqual([])
})

test('a message under which the worker died twice is given up', async () => {
  const harness = createWorkerHarness()
  const danger = profiles('m1', [tier('fixture-u1', 1)], { receives: 5 })
  harness.marks.set('m1', 1)
  harness.beforeRequest = () => {
    throw new Error('the worker dies')
  }
  await expect(harness.work([danger])).rejects.toThrow()
  expect(await harness.work([danger])).toEqual([])
  expect(harness.deadLetterCodes()).toEqual(['WORKER_DIED'])
  expect(Object.keys(JSON.parse(harness.deadLetters[0]?.body ?? ''))).toEqual([
    'failure',
    ...Object.keys(JSON.parse(danger.body)),
  ])
  expect(harness.bodies).toEqual([])
})

test('logs tell counts and codes, no identifier, value or key', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 401, times: 'always' }])
  await harness.work([
    profiles('m1', [
      tier('fixture-u1', 'fixture-secret-tier'),
      { external_id: 'fixture-u2', attributes: { $x: 1 } },
    ]),
  ])
  expect(harness.logged.length).toBeGreaterThan(1)
  expect(JSON.stringify(harness.logged)).not.toMatch(/fixture-|key-of-the-braze-simulator/)
})

test('a batch that Lambda kept for over five minutes is held before it is handled', async () => {
  const harness = createWorkerHarness()
  const message = (id: string, minutes: number) =>
    events(id, [{ external_id: `fixture-${id}`, name: 'fixture-e' }], {
      lane: `lane-${id}`,
      firstReceivedAt: NOON - minutes * 60_000,
    })
  expect(await harness.work([message('m1', 5), message('m2', 5.1)])).toEqual([])
  expect(harness.extended).toEqual(['m2'])
  expect(harness.braze.events()).toHaveLength(2)
})

test('a message that was received before is held too, for it does not tell when that was', async () => {
  const harness = createWorkerHarness()
  await harness.work([profiles('m1', [tier('fixture-u1', 1)], { receives: 2 })])
  expect(harness.extended).toEqual(['m1'])
})

test('what can not be held is left alone, with what comes behind it in its lane', async () => {
  const harness = createWorkerHarness()
  harness.late = ['m2']
  const event = (id: string, lane: string) =>
    events(id, [{ external_id: `fixture-${id}`, name: 'fixture-e' }], { lane, receives: 2 })
  const received = [event('m1', 'a'), event('m2', 'a'), event('m3', 'a'), event('m4', 'b')]
  expect(await harness.work(received)).toEqual(['m2', 'm3'])
  expect(harness.braze.events().map(({ external_id }) => external_id)).toEqual(['fixture-m1', 'fixture-m4'])
  expect(harness.hidden).toEqual([])
  expect(harness.logged).toContainEqual({
    level: 'warn',
    message: 'messages came too late to be handled',
    fields: { messages: 1 },
  })
})

test('a deadly message that can not be parked is known as deadly when it comes again', async () => {
  const harness = createWorkerHarness()
  harness.marks.set('m1', 2)
  harness.rejectsDeadLetters = () => true
  const deadly = () => events('m1', [{ external_id: 'fixture-u1', name: 'fixture-e' }], { receives: 9 })
  expect(await harness.work([deadly()])).toEqual(['m1'])
  harness.rejectsDeadLetters = () => false
  expect(await harness.work([deadly()])).toEqual([])
  expect(harness.bodies).toEqual([])
  expect(harness.deadLetterCodes()).toEqual(['WORKER_DIED'])
  expect(harness.marks.size).toBe(0)
})

test('parking thousands of letters ends within the time-out of the function', async () => {
  const harness = createWorkerHarness()
  const messages = Array.from({ length: 10 }, (_, m) =>
    profiles(
      `m${m}`,
      Array.from({ length: 500 }, (_, n) => tier(`fixture-${m}-${n}`, 'x'.repeat(300))),
      { lane: `lane-${m}` },
    ),
  )
  const startedAt = harness.now()
  harness.sendBatchMs = 150
  const back = await harness.work(messages, { deadlineMs: 45_000 })
  expect(harness.now() - startedAt).toBeLessThan(60_000)
  await harness.work(again(messages, back))
  expect(harness.deadLetters).toHaveLength(5_000)
})

test('two spellings of one attribute with two values are not settled without a word', async () => {
  const harness = createWorkerHarness()
  await harness.work([profiles('m1', [{ external_id: 'fixture-u1', attributes: { vip: 2, 'vip ': 1 } }])])
  expect(harness.deadLetterCodes()).toEqual(['ATTRIBUTE_REFUSED'])
  await harness.work([profiles('m2', [{ external_id: 'fixture-u1', attributes: { vip: 2, 'vip ': 2 } }])])
  expect(harness.braze.profiles().map(({ custom_attributes }) => custom_attributes)).toEqual([{ vip: 2 }])
})

test('a relative write does not pass the plain value before it that was not delivered', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 500 }])
  const back = await harness.work([
    profiles('m1', [tier('fixture-u1', 1)]),
    profiles('m2', [tier('fixture-u1', { inc: 5 })]),
  ])
  expect(harness.bodies).toHaveLength(1)
  expect(back).toEqual(['m1', 'm2'])
})

test('what another environment may overwrite is not remembered as delivered', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 500, users: ['external_id:fixture-u2'], times: 'always' }])
  const others = Array.from({ length: 74 }, (_, n) => tier(`fixture-x${n}`, 1))
  const first = profiles('m1', [tier('fixture-u1', 1), ...others, tier('fixture-u2', 1)])
  const second = profiles('m2', [tier('fixture-u1', 2)])
  expect(await harness.work([first, second])).toEqual(['m1', 'm2'])
  // Meanwhile another execution environment handles the first message and writes 1 again.
  harness.bodies.length = 0
  expect(await harness.work([second])).toEqual([])
  expect(harness.bodies).toEqual([{ attributes: [{ external_id: 'fixture-u1', fixture_tier: 2 }] }])
})

test('an error names the object of its own array', async () => {
  const harness = createWorkerHarness()
  const time = '2026-11-20T10:00:00Z'
  const bought = { type: 'purchase', product_id: 'fixture-sku', currency: 'EUR', price: 1, time }
  const message = events('m1', [
    { external_id: 'fixture-u1', name: 'fixture-e' },
    { ...bought, external_id: 'fixture-u1', currency: 'eur' },
    { external_id: 'fixture-u1', name: 'fixture-e' },
  ])
  expect(await harness.work([message])).toEqual([])
  expect(harness.parkedRecords()).toMatchObject([{ type: 'purchase', currency: 'eur' }])
  expect(harness.braze.events()).toHaveLength(2)
})
