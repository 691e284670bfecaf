import { expect, test } from 'vitest'
import type { ReceivedMessage } from '../../../../functions/worker/invocation.ts'
import { createWorkerHarness, event, events, list, NOON, onlook, profiles, tier } from '../harness.ts'

const SERVER_ERROR = { do: 'answer', status: 500, times: 'always' } as const

/** One event of a user of its own, in a lane of its own. */
const single = (n: number, more: Partial<ReceivedMessage> = {}) =>
  events(`m${n}`, [event(n)], { lane: `lane-${n}`, ...more })

/** Profile changes whose bodies have more characters than may be topped up at once. */
const large = (n: number, more: Partial<ReceivedMessage> = {}) =>
  profiles(
    `m${n}`,
    list(350, (user) => tier(`fixture-u${n}-${user}`, 'x'.repeat(60))),
    { lane: `lane-${n}`, ...more },
  )

const numbers = (from: number, to: number) => list(to - from, (n) => from + n)
const ids = (from: number, to: number) => numbers(from, to).map((n) => `m${n}`)

test('a full batch of single events is topped up until a request is full', async () => {
  const harness = createWorkerHarness()
  harness.waiting = numbers(10, 100).map((n) => single(n))
  expect(await harness.work(numbers(0, 10).map((n) => single(n)))).toEqual([])
  expect(onlook(harness).sizes).toEqual([75])
  expect(harness.asked).toEqual([10, 10, 10, 10, 10, 10, 5])
  expect(harness.removed).toEqual(ids(10, 75))
})

test('it is topped up until the queue is empty', async () => {
  const harness = createWorkerHarness()
  harness.waiting = numbers(10, 23).map((n) => single(n))
  expect(await harness.work(numbers(0, 10).map((n) => single(n)))).toEqual([])
  expect(onlook(harness).sizes).toEqual([23])
  expect(harness.asked).toEqual([10, 10, 10])
})

test('a request holds fewer events where the settings say so', async () => {
  const harness = createWorkerHarness()
  harness.objectsPerRequest = 50
  harness.waiting = numbers(10, 100).map((n) => single(n))
  await harness.work(numbers(0, 10).map((n) => single(n)))
  expect(onlook(harness).sizes).toEqual([50])
})

test('a batch that is not full is not topped up', async () => {
  const harness = createWorkerHarness()
  harness.waiting = [single(9)]
  await harness.work(numbers(0, 9).map((n) => single(n)))
  expect(harness.asked).toEqual([])
})

test('a batch of two is full where the settings say two', async () => {
  const harness = createWorkerHarness()
  harness.batchSizes.events = 2
  harness.waiting = [profiles('other', [tier('fixture-u9', 1)]), single(2)]
  await harness.work([single(0), single(1)])
  expect(onlook(harness).sizes).toEqual([3])
})

const SINCE = (ms: number) => ({ sentAt: NOON - ms })

test.each([
  ['have waited less than five seconds', 0, [SINCE(0), SINCE(4_999)], []],
  ['have waited five seconds, the first of them', 0, [SINCE(5_000), SINCE(0)], [10]],
  ['have waited five seconds', 0, [SINCE(0), SINCE(5_000)], [10]],
  ['have waited five seconds, of which three were the delay', 3_000, [SINCE(0), SINCE(7_999)], []],
  ['have waited five seconds after the delay', 3_000, [SINCE(0), SINCE(8_000)], [10]],
])('large messages that %s', async (_, profilesDelayMs, since, asked) => {
  const harness = createWorkerHarness({ profilesDelayMs })
  harness.batchSizes.profiles = 2
  harness.waiting = numbers(2, 12).map((n) => large(n))
  expect(await harness.work(since.map((sent, n) => large(n, sent)))).toEqual([])
  expect(harness.asked).toEqual(asked)
  expect(harness.removed).toEqual(asked.length > 0 ? ids(2, 12) : [])
})

test('small messages are no longer topped up once large ones were added', async () => {
  const harness = createWorkerHarness()
  harness.batchSizes.profiles = 1
  harness.waiting = numbers(1, 30).map((n) => large(n))
  await harness.work([profiles('m0', [tier('fixture-u0', 1)])])
  expect(harness.asked).toEqual([10])
})

test('what was added and is not done is hidden with its lane, and only the batch is reported', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([SERVER_ERROR])
  harness.waiting = [single(10), single(11)]
  const back = await harness.work(numbers(0, 10).map((n) => single(n)))
  expect(back).toEqual(ids(0, 10))
  expect(harness.hidden.flatMap((entry) => entry.ids)).toEqual(ids(0, 12))
  expect(harness.removed).toEqual([])
})

test('an event whose deletion failed is not sent again', async () => {
  const harness = createWorkerHarness()
  harness.waiting = [single(10)]
  harness.undeletable = ['m10']
  expect(await harness.work(numbers(0, 10).map((n) => single(n)))).toEqual([])
  expect(await harness.work([single(10, { receives: 2 })])).toEqual([])
  expect(onlook(harness).sizes).toEqual([11])
})

test('a failed deletion is tried once more, and not after the deadline', async () => {
  for (const [deadlineMs, attempts] of [
    [1_000, 2],
    [0, 1],
  ] as const) {
    const harness = createWorkerHarness()
    harness.waiting = [single(10)]
    harness.undeletable = ['m10']
    harness.takesMs = () => 500
    harness.removeMs = 1
    await harness.work(
      numbers(0, 10).map((n) => single(n)),
      { deadlineMs: deadlineMs + 500 },
    )
    expect(harness.removals).toBe(attempts)
  }
})

test('what was deleted on the way is not deleted again', async () => {
  const harness = createWorkerHarness()
  harness.batchSizes.events = 1
  // Each of these fills a request, so the first is deleted before the second is sent.
  const full = (n: number) => events(`m${n}`, list(75, event), { lane: `lane-${n}` })
  harness.waiting = [full(1), full(2)]
  expect(await harness.work([single(0)])).toEqual([])
  expect(harness.removed.filter((id) => id === 'm1')).toHaveLength(1)
  expect(harness.removed).toContain('m2')
})

test('an added message that may kill the worker ends the top-up, and is handled alone and last', async () => {
  const harness = createWorkerHarness()
  harness.waiting = [single(10, { receives: 3 }), ...numbers(11, 40).map((n) => single(n))]
  expect(await harness.work(numbers(0, 10).map((n) => single(n)))).toEqual([])
  expect(onlook(harness).sizes).toEqual([19, 1])
  expect(harness.asked).toEqual([10])
  expect(harness.removed).toContain('m10')
})

test('a batch with such a message is not topped up', async () => {
  const harness = createWorkerHarness()
  harness.waiting = [single(10)]
  await harness.work(numbers(0, 10).map((n) => single(n, { receives: n === 9 ? 3 : 1 })))
  expect(harness.asked).toEqual([])
})

test('a batch of which a message came too late is not full', async () => {
  const harness = createWorkerHarness()
  harness.late = ['m9']
  harness.waiting = [single(10)]
  await harness.work(numbers(0, 10).map((n) => single(n, { receives: n === 9 ? 2 : 1 })))
  expect(harness.asked).toEqual([])
})

test('if one added lane fails, the others are delivered', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 500, event: 'fixture-failing', times: 'always' }])
  harness.batchSizes.events = 1
  const full = (n: number, name?: string) =>
    events(
      `m${n}`,
      list(75, (user) => event(user, name)),
      { lane: `lane-${n}` },
    )
  harness.waiting = [full(1, 'fixture-failing'), full(2)]
  expect(await harness.work([single(0)])).toEqual([])
  expect(harness.hidden.map(({ ids }) => ids)).toEqual([['m1']])
  expect(onlook(harness).events).toHaveLength(76)
})

test('whether the worker is behind is judged by the batch alone', async () => {
  const harness = createWorkerHarness({ profilesDelayMs: 3_000 })
  harness.batchSizes.profiles = 1
  await harness.work([profiles('before', [tier('fixture-u0', 0)])])
  const old = profiles('m1', [tier('fixture-u1', 1)], { lane: 'lane-1' })
  const receivedAt = new Date(NOON - 60_000).toISOString()
  harness.waiting = [{ ...old, body: JSON.stringify({ ...JSON.parse(old.body), receivedAt }) }]
  const young = profiles('m0', [tier('fixture-u0', 2)])
  const now = new Date(NOON).toISOString()
  await harness.work([{ ...young, body: JSON.stringify({ ...JSON.parse(young.body), receivedAt: now }) }])
  expect(harness.paused).toBe(3_000)
})

test('a slow SQS delays a batch by one receive', async () => {
  const harness = createWorkerHarness()
  harness.receiveMs = 1_000
  harness.waiting = numbers(10, 100).map((n) => single(n))
  await harness.work(numbers(0, 10).map((n) => single(n)))
  expect(onlook(harness).sizes).toEqual([20])
})

test.each([
  [65_535, [10]],
  [65_536, []],
])('a batch of %i characters asks for %j', async (characters, asked) => {
  const harness = createWorkerHarness()
  harness.batchSizes.events = 1
  const empty = events('m0', [{ ...event(0), properties: { text: '' } }])
  const text = 'x'.repeat(characters - empty.body.length)
  harness.waiting = [single(1)]
  await harness.work([events('m0', [{ ...event(0), properties: { text } }])])
  expect(harness.asked.slice(0, 1)).toEqual(asked)
})

test.each([
  [131_071, [10]],
  [131_072, []],
])('a busy fleet adds to %i characters: %j', async (characters, asked) => {
  const harness = createWorkerHarness({ profilesDelayMs: 60_000 })
  harness.batchSizes.events = 1
  const empty = events('m0', [{ ...event(0), properties: { text: '' } }])
  const text = 'x'.repeat(characters - empty.body.length)
  harness.waiting = [single(1)]
  // The delay is that of the other queue.
  await harness.work([events('m0', [{ ...event(0), properties: { text } }], { sentAt: NOON - 5_000 })])
  expect(harness.asked.slice(0, 1)).toEqual(asked)
})
