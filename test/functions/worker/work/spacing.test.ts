import { expect, test } from 'vitest'
import type { ScriptStep } from '../../../../bin/local/braze/script.ts'
import { forgetOld, type RecentUsers, remember } from '../../../../functions/worker/recent-users.ts'
import { again, createWorkerHarness, event, events, list, NOON, profiles, tier } from '../harness.ts'

/**
 * Two requests for one user are as far apart as the queue's delay, because Braze may apply them in either order
 * if they arrive within seconds.
 */

const DELAY = { profilesDelayMs: 3_000 }
const of = (attributes: object) => [{ external_id: 'fixture-u1', attributes }]
const value = (n: number) => of({ fixture_tier: n })
const increment = of({ fixture_visits: { inc: 1 } })
const added = of({ fixture_list: { add: ['x'] } })

/** Messages that were accepted this long ago, each of a lane and a user of its own. */
const messagesOf = (count: number, ageMs = 0) =>
  list(count, (n) => {
    const message = profiles(`m${n}`, [tier(`fixture-u${n}`, n)], { lane: `lane-${n}` })
    const receivedAt = new Date(NOON - ageMs).toISOString()
    return { ...message, body: JSON.stringify({ ...JSON.parse(message.body), receivedAt }) }
  })

test('a user who was just sent waits for the rest of the delay, and the others of the batch go first', async () => {
  const harness = createWorkerHarness(DELAY)
  await harness.work([profiles('m1', [tier('fixture-u1', 1)])])
  expect(await harness.work([profiles('m2', [tier('fixture-u1', 2), tier('fixture-u2', 2)])])).toEqual([])
  expect(harness.bodies).toEqual([
    { attributes: [{ external_id: 'fixture-u1', fixture_tier: 1 }] },
    { attributes: [{ external_id: 'fixture-u2', fixture_tier: 2 }] },
    { attributes: [{ external_id: 'fixture-u1', fixture_tier: 2 }] },
  ])
  expect(harness.sentAt).toEqual([0, 0, 3_000])
})

test('what is done is deleted before the worker sleeps, so that no other lane waits', async () => {
  const harness = createWorkerHarness(DELAY)
  await harness.work([profiles('m1', [tier('fixture-u1', 1)])])
  const removed: string[][] = []
  harness.beforeRequest = () => void removed.push([...harness.removed])
  await harness.work([
    profiles('m2', [tier('fixture-u1', 2)]),
    profiles('m3', [tier('fixture-u3', 3)], { lane: 'lane-3' }),
  ])
  expect(removed).toEqual([[], ['m3']])
})

test.each([
  ['values', [value(1), value(2), value(3)], [0]],
  ['increments', [increment, increment, increment], [0, 0, 0]],
  ['an increment between values', [value(1), increment, value(2)], [0, 3_000, 6_000]],
  ['values around increments', [increment, value(1), increment], [0, 3_000, 6_000]],
  ['increments after a value', [value(1), increment, increment], [0, 3_000, 3_000]],
  ['array operations', [added, added], [0, 3_000]],
  ['an increment beside a value', [increment, of({ fixture_visits: { inc: 1 }, a: 1 })], [0, 3_000]],
  [
    'an increment of somebody else',
    [value(1), [{ external_id: 'fixture-u2', attributes: { a: { inc: 1 } } }]],
    [0, 0],
  ],
])('%s of one user in one batch', async (_, records, times) => {
  const harness = createWorkerHarness(DELAY)
  const back = await harness.work(records.map((own, n) => profiles(`m${n}`, own)))
  expect(back).toEqual([])
  expect(harness.sentAt).toEqual(times)
})

test('a request that failed or got no answer counts, since Braze may still apply it', async () => {
  const harness = createWorkerHarness(DELAY)
  harness.braze.script([
    { do: 'answer', status: 503 },
    { do: 'reset', apply: false },
  ])
  const [message] = messagesOf(1)
  const batch = message ? [message] : []
  const first = await harness.work(batch)
  const second = await harness.work(again(batch, first))
  await harness.work(again(again(batch, first), second))
  expect(harness.sentAt).toEqual([0, 3_000, 6_000])
})

test('a user who would not be ready before the deadline goes back like anything unsent for lack of time', async () => {
  const harness = createWorkerHarness(DELAY)
  await harness.work([profiles('m1', [tier('fixture-u1', 1)])])
  const messages = [
    profiles('m2', [tier('fixture-u1', 2)]),
    profiles('m3', [{ external_id: 'fixture-u1', attributes: { n: { inc: 1 } } }]),
    profiles('m4', [tier('fixture-u4', 4)], { lane: 'lane-4' }),
  ]
  const back = await harness.work(messages, { deadlineMs: 2_999 })
  expect(back).toEqual(['m2', 'm3'])
  expect(harness.hidden).toEqual([{ ids: ['m2', 'm3'], seconds: 1 }])
  expect(harness.sentAt).toEqual([0, 0])
  expect(await harness.work(again(messages, back))).toEqual([])
  expect(harness.sentAt).toEqual([0, 0, 3_000, 6_000])
})

test.each([
  ['nine messages', messagesOf(9), 3_000],
  ['ten messages, of which none is older than two delays', messagesOf(10, 6_000), 3_000],
  ['ten messages, of which one is older: the worker is behind', messagesOf(10, 6_001), 0],
])('%s', async (_, messages, sleptMs) => {
  const harness = createWorkerHarness(DELAY)
  await harness.work([profiles('before', [tier('fixture-u0', 99)])])
  await harness.work(messages)
  expect(harness.paused).toBe(sleptMs)
  expect(harness.braze.profile({ external_id: 'fixture-u0' })?.custom_attributes).toEqual({ fixture_tier: 0 })
})

test('a batch of three is full where the settings say three', async () => {
  const harness = createWorkerHarness(DELAY)
  harness.batchSizes.profiles = 3
  await harness.work([profiles('before', [tier('fixture-u0', 99)])])
  await harness.work(messagesOf(3, 6_001))
  expect(harness.paused).toBe(0)
})

test('a full batch of one user holds its lane until it is older than two delays', async () => {
  const harness = createWorkerHarness(DELAY)
  const receivedAt = new Date(NOON).toISOString()
  const messages = list(10, (n) => {
    const message = profiles(`m${n}`, added)
    return { ...message, body: JSON.stringify({ ...JSON.parse(message.body), receivedAt }) }
  })
  expect(await harness.work(messages)).toEqual([])
  expect(harness.sentAt).toEqual([0, 3_000, 6_000, ...Array(7).fill(9_000)])
})

test('array operations of a user who changes all the time hold no other lane', async () => {
  const harness = createWorkerHarness(DELAY)
  const busy = list(4, (n) => profiles(`busy-${n}`, added))
  const others = list(2, (n) =>
    profiles(`other-${n}`, [{ external_id: 'fixture-u2', attributes: { fixture_list: { add: [n] } } }], {
      lane: 'lane-2',
    }),
  )
  const plain = profiles('plain', [tier('fixture-u3', 3)], { lane: 'lane-3' })
  const removed: string[][] = []
  harness.beforeRequest = () => void removed.push([...harness.removed])
  expect(await harness.work([...busy, ...others, plain])).toEqual([])
  const users = harness.bodies.map(({ attributes }) => attributes?.map(({ external_id }) => external_id))
  expect(harness.sentAt.map((at, n) => [at, users[n]])).toEqual([
    [0, ['fixture-u3']],
    [0, ['fixture-u1', 'fixture-u2']],
    [3_000, ['fixture-u1', 'fixture-u2']],
    [6_000, ['fixture-u1']],
    [9_000, ['fixture-u1']],
  ])
  // What is done is deleted before the worker sleeps, so the other lanes are free while it does.
  expect(removed.map((ids) => ids.filter((id) => !id.startsWith('busy')))).toEqual([
    [],
    [],
    ['other-0', 'plain'],
    ['other-0', 'plain', 'other-1'],
    ['other-0', 'plain', 'other-1'],
  ])
})

test('increments of one lane do not share the wait of another lane', async () => {
  const harness = createWorkerHarness(DELAY)
  await harness.work([profiles('before', added)])
  const waiting = profiles('waiting', added)
  const increments = list(3, (n) =>
    profiles(`increment-${n}`, [{ external_id: 'fixture-u2', attributes: { fixture_visits: { inc: 1 } } }], {
      lane: 'lane-2',
    }),
  )
  await harness.work([waiting, ...increments])
  const users = harness.bodies.flatMap(({ attributes }) => attributes?.map(({ external_id }) => external_id))
  expect(users).toEqual(['fixture-u1', 'fixture-u2', 'fixture-u2', 'fixture-u2', 'fixture-u1'])
  expect(harness.sentAt).toEqual([0, 0, 0, 0, 3_000])
})

test('plain values of other lanes are deleted before the worker sleeps for an array operation', async () => {
  const harness = createWorkerHarness(DELAY)
  await harness.work([profiles('before', added)])
  const removed: string[][] = []
  harness.beforeRequest = () => void removed.push([...harness.removed])
  await harness.work([
    profiles('busy', added),
    profiles('plain', [tier('fixture-u3', 3)], { lane: 'lane-3' }),
  ])
  expect(harness.sentAt).toEqual([0, 0, 3_000])
  expect(removed).toEqual([[], ['plain']])
})

test('a worker that is behind sends last the users who should wait', async () => {
  const harness = createWorkerHarness(DELAY)
  await harness.work([profiles('before', [tier('fixture-u0', 99)])])
  await harness.work(messagesOf(10, 6_001))
  const users = harness.bodies.at(-1)?.attributes?.map(({ external_id }) => external_id)
  expect(users?.map((user) => user === 'fixture-u0')).toEqual([...Array(9).fill(false), true])
})

test('with a delay of 0 nobody waits and nobody is remembered', async () => {
  const harness = createWorkerHarness()
  await harness.work([profiles('m1', [tier('fixture-u1', 1)])])
  await harness.work([profiles('m2', [tier('fixture-u1', 2)])])
  expect(harness.sentAt).toEqual([0, 0])
  expect(harness.recentUsers.size).toBe(0)
})

test('events never wait', async () => {
  const harness = createWorkerHarness(DELAY)
  await harness.work([events('m1', [event(1)])])
  await harness.work([events('m2', [event(1)])])
  expect(harness.sentAt).toEqual([0, 0])
})

test('a user is forgotten after the delay', async () => {
  const harness = createWorkerHarness(DELAY)
  await harness.work([profiles('m1', [tier('fixture-u1', 1), tier('fixture-u2', 1)])])
  await harness.work([profiles('m2', [tier('fixture-u2', 2)])])
  expect([...harness.recentUsers.keys()]).toEqual(['e:fixture-u1', 'e:fixture-u2'])
  await harness.work([profiles('m3', [tier('fixture-u2', 3)])])
  expect([...harness.recentUsers.keys()]).toEqual(['e:fixture-u2'])
})

test('no more than 50,000 users are remembered, the latest', () => {
  const users: RecentUsers = new Map()
  const sent = { at: NOON, onlyIncrements: false }
  for (let n = 0; n < 50_001; n++) remember(users, `fixture-${n}`, sent)
  remember(users, 'fixture-0', sent)
  forgetOld(users, NOON)
  expect(users.size).toBe(50_000)
  expect([...users.keys()].slice(0, 1)).toEqual(['fixture-2'])
  expect(users.has('fixture-0')).toBe(true)
})

/** A user's records that become one object, which Braze rejects for the second of them. */
const TAKEN_APART = [{ a: 1 }, { bad: 1 }, { a: 2, b: 2 }, { c: 3 }].flatMap(of)
const rejectsBad: ScriptStep = {
  do: 'reject',
  rejected: ['external_id:fixture-u1'],
  users: ['external_id:fixture-u1'],
  matches: ({ attributes = [] }) => JSON.stringify(attributes).includes('"bad"'),
  times: 'always',
}

test('the rest of an object that was taken apart follows after the delay', async () => {
  const harness = createWorkerHarness(DELAY)
  harness.braze.script([rejectsBad])
  expect(await harness.work([profiles('m1', TAKEN_APART)])).toEqual([])
  // All four, the first two, the first, the second and the last two, a probe after each of the three that
  // Braze rejects, and then all that Braze accepts.
  expect(harness.sentAt).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 3_000])
  expect(harness.bodies.at(-1)).toEqual({ attributes: [{ external_id: 'fixture-u1', a: 2, b: 2, c: 3 }] })
  expect(harness.deadLetterCodes()).toEqual(['REJECTED_BY_BRAZE'])
})

test('without time for the rest, its message goes back, and the rest follows when it comes again', async () => {
  const harness = createWorkerHarness(DELAY)
  harness.braze.script([rejectsBad])
  const message = profiles('m1', TAKEN_APART)
  expect(await harness.work([message], { deadlineMs: 2_999 })).toEqual(['m1'])
  expect(harness.sentAt).toEqual([0, 0, 0, 0, 0, 0, 0, 0])
  expect(harness.deadLetterCodes()).toEqual([])
  expect(await harness.work(again([message], ['m1']))).toEqual([])
  expect(harness.sentAt.slice(8)).toEqual([3_000])
  expect(harness.bodies.at(-1)).toEqual({ attributes: [{ external_id: 'fixture-u1', a: 2, b: 2, c: 3 }] })
  expect(harness.deadLetterCodes()).toEqual(['REJECTED_BY_BRAZE'])
})
