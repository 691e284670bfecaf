import { expect, test } from 'vitest'
import type { ScriptStep } from '../../../../bin/local/braze/script.ts'
import type { ReceivedMessage } from '../../../../functions/worker/invocation.ts'
import { again, createWorkerHarness, event, events, list, profiles, tier, workOnce } from '../harness.ts'

/** While Braze does not take anything, all waits and nothing is parked, except what Braze fails on alone. */

const always = { times: 'always' } as const
const user = (...ns: number[]) => ({ users: ns.map((n) => `external_id:fixture-u${n}`) })
const fails = (status: number, ...ns: number[]) => ({ do: 'answer', status, ...user(...ns) }) as const
const tiers = (count: number) => list(count, (n) => tier(`fixture-u${n}`, n))
const one = (receives = 1) => profiles('m1', [tier('fixture-u1', 1)], { receives })
const other = profiles('m2', [tier('fixture-u80', 1)], { lane: 'lane-1' })
type Case = readonly [
  rule: string,
  script: readonly ScriptStep[],
  messages: readonly ReceivedMessage[],
  expected: Partial<Awaited<ReturnType<typeof workOnce>>>,
]
const wait = (id: string, seconds: number) => ({ ids: [id], seconds })

test.for<Case>([
  [
    'a long Retry-After is obeyed by every lane that was told',
    [{ do: 'rate limit', dialect: 'x-ratelimit-retry-after', seconds: 1800, ...always }],
    [one(), other],
    { back: ['m1', 'm2'], hidden: [wait('m1', 1800), wait('m2', 1800)], sizes: [2] },
  ],
  [
    'a wait under ten seconds is slept inside the invocation',
    [{ do: 'rate limit', dialect: 'retry-after', seconds: 3 }],
    [one()],
    { back: [], sizes: [1, 1] },
  ],
  [
    'a Retry-After of a 5xx is obeyed if Braze does not accept a probe either',
    [{ do: 'answer', status: 503, headers: { 'retry-after': '120' }, ...always }],
    [profiles('m1', tiers(2), { receives: 5 })],
    { back: ['m1'], sizes: [2, 1], hidden: [wait('m1', 120)] },
  ],
  [
    'a 5xx sends back its messages, while other requests of the invocation go on',
    [fails(503, 0)],
    [profiles('m1', tiers(75)), other],
    { back: ['m1'], hidden: [wait('m1', 3)], profiles: { 'fixture-u80': { fixture_tier: 1 } } },
  ],
  [
    // fixture-a already has its new value. m1 will write the old one again, so m2 must be sent after it. m2
    // will then write the old value of fixture-b again, so m3 must follow it, and m4 need not.
    'a later message of the lane goes back with a failed one only if they share a user, however many steps away',
    [fails(503, 0)],
    [
      profiles('m1', [...tiers(75), tier('fixture-a', 'old')]),
      profiles('m2', [tier('fixture-a', 'new'), tier('fixture-b', 'old')]),
      profiles('m3', [tier('fixture-b', 'new')]),
      profiles('m4', [tier('fixture-c', 'new')]),
    ],
    { back: ['m1', 'm2', 'm3'], hidden: [{ ids: ['m1', 'm2', 'm3'], seconds: 3 }] },
  ],
  [
    'a relative write does not pass the plain value before it that was not delivered',
    [fails(500, 1)],
    [one(), profiles('m2', [tier('fixture-u1', { inc: 5 })])],
    { back: ['m1', 'm2'], sizes: [1] },
  ],
  [
    'in the events queue a lane stops at its first failure',
    [fails(503, 100)],
    [0, 100, 200, 300].map((first, n) =>
      events(
        `m${n}`,
        list(75, (n) => event(first + n)),
        { lane: first === 300 ? 'lane-1' : 'lane-0' },
      ),
    ),
    {
      back: ['m1', 'm2'],
      events: [...list(75, (n) => `fixture-u${n}`), ...list(75, (n) => `fixture-u${300 + n}`)],
    },
  ],
  [
    'however often a message was received, and Braze is not stormed',
    [{ do: 'answer', status: 503, ...always }],
    [profiles('m1', tiers(75), { receives: 700 })],
    { back: ['m1'], hidden: [wait('m1', 450)] },
  ],
])('nothing is parked: %s', async ([, script, messages, expected]) => {
  const outcome = await workOnce(script, messages)
  expect(outcome).toMatchObject({ codes: [], ...expected })
  expect(outcome.sizes.length).toBeLessThanOrEqual(20)
})

test('a wait inside the invocation takes the time that Braze asked for', async () => {
  const { harness } = await workOnce([{ do: 'rate limit', dialect: 'retry-after', seconds: 3 }], [one()])
  expect(harness.paused).toBe(3_000)
})

test('what is done of a lane is deleted before the next request of its queue', async () => {
  const messages = [0, 100].map((first, n) =>
    events(
      `m${n}`,
      list(75, (n) => event(first + n)),
    ),
  )
  const { harness } = await workOnce([fails(503, 100)], messages)
  expect(harness.removed).toEqual(['m0'])
})

test.each([
  { status: 401, code: 'BRAZE_KEY_REFUSED', sizes: [1, 1] },
  { status: 403, code: 'BRAZE_KEY_LACKS_PERMISSION', sizes: [1] },
  { status: 404, code: 'BRAZE_URL_WRONG', sizes: [1] },
  { status: 302, code: 'BRAZE_URL_WRONG', sizes: [1] },
])('a $status holds every message, says so, and parks nothing', async ({ status, code, sizes }) => {
  const messages = [one(), { ...other, receives: 100 }]
  const { harness, ...outcome } = await workOnce([{ do: 'answer', status, ...always }], messages)
  // The waits are half of 5 s at the first receive, and half of 15 min at the hundredth.
  const hidden = [wait('m1', 3), wait('m2', 450)]
  expect(outcome).toMatchObject({ back: ['m1', 'm2'], sizes, codes: [], hidden })
  expect(harness.logged.filter(({ level }) => level === 'error')).toMatchObject([{ fields: { code } }])
})

test.each(['BRAZE_SECRET_PLACEHOLDER', 'BRAZE_SECRET_UNREADABLE'] as const)(
  '%s holds every message without a request',
  async (missing) => {
    const harness = createWorkerHarness()
    harness.credentials.splice(0, 1, { missing })
    expect(await harness.work([one()])).toEqual(['m1'])
    expect(harness.bodies).toEqual([])
    expect(harness.logged).toMatchObject([{ level: 'error', fields: { code: missing } }, {}])
  },
)

test.each([
  ['BRAZE_SECRET_PLACEHOLDER', 55],
  // Half of the longest backoff, 80 s times 1.05^75 and cut to 15 minutes.
  ['BRAZE_SECRET_UNREADABLE', 450],
] as const)('after 80 receives, a lane that %s holds waits for %i s', async (missing, seconds) => {
  const harness = createWorkerHarness()
  harness.credentials.splice(0, 1, { missing })
  await harness.work([{ ...one(), receives: 80 }])
  expect(harness.hidden).toEqual([wait('m1', seconds)])
})

test('after a 401 the secret is read again once, so that a rotated key is picked up', async () => {
  const harness = createWorkerHarness()
  harness.credentials.unshift({ apiKey: 'fixture-old-key', restEndpoint: 'https://rest.iad-01.braze.com' })
  expect(await harness.work([one()])).toEqual([])
  expect(harness.keys).toEqual(['fixture-old-key', 'key-of-the-braze-simulator'])
})

test('a message of a newer version stays in its queue with what is behind it in its lane', async () => {
  const newer = profiles('m0', [], { body: '{"v":2,"id":"x"}' })
  const { harness, back, codes } = await workOnce([], [newer, one(), other])
  expect([back, codes]).toEqual([['m0', 'm1'], []])
  const fields = expect.objectContaining({ code: 'MESSAGE_VERSION_UNKNOWN' })
  expect(harness.logged).toContainEqual(expect.objectContaining({ level: 'error', fields }))
})

test('a lost answer is asked again, never dropped', async () => {
  const message = events('m1', [event(1)])
  const { harness, back } = await workOnce([{ do: 'reset', apply: true }], [message])
  expect([back, await harness.work([message])]).toEqual([['m1'], []])
  expect(harness.braze.events()).toHaveLength(2)
})

test.each([
  ['HTML', '<html>'],
  ['an empty object', {}],
  ['a failure', { message: 'failure' }],
])(
  'while Braze answers everything with a 2xx of %s, nothing is parked, and no event is sent for ever',
  async (_, body) => {
    const harness = createWorkerHarness()
    harness.braze.script([{ do: 'answer', status: 200, body, apply: true, ...always }])
    let messages = [events('m1', [event(1)]), profiles('m2', tiers(2), { lane: 'lane-1' })]
    for (let receive = 0; receive < 9; receive++) messages = again(messages, await harness.work(messages))
    expect(messages).toHaveLength(2)
    expect(harness.deadLetterCodes()).toEqual([])
    expect(harness.braze.events()).toHaveLength(4)
    harness.braze.clearScript()
    expect(await harness.work(messages)).toEqual([])
  },
)

test('what another environment may overwrite is not remembered as delivered', async () => {
  const others = list(74, (n) => tier(`fixture-x${n}`, 1))
  const first = profiles('m1', [tier('fixture-u1', 1), ...others, tier('fixture-u2', 1)])
  const second = profiles('m2', [tier('fixture-u1', 2)])
  const { harness, back } = await workOnce([{ ...fails(500, 2), ...always }], [first, second])
  expect(back).toEqual(['m1', 'm2'])
  // Meanwhile another execution environment handles the first message and writes 1 again.
  harness.bodies.length = 0
  expect(await harness.work([second])).toEqual([])
  expect(harness.bodies).toEqual([{ attributes: [{ external_id: 'fixture-u1', fixture_tier: 2 }] }])
})

test('the log tells counts and codes, no identifier, value or key', async () => {
  const bad = { external_id: 'fixture-u2', attributes: { $x: 1 } }
  const message = profiles('m1', [tier('fixture-u1', 'fixture-secret-tier'), bad])
  const { harness } = await workOnce([{ do: 'answer', status: 401, ...always }], [message])
  expect(harness.logged.length).toBeGreaterThan(1)
  expect(JSON.stringify(harness.logged)).not.toMatch(/fixture-|key-of-the-braze-simulator/)
})
