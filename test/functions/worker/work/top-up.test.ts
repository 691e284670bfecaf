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
  harness.waiting = [single(2)]
  await harness.work([single(0), single(1)])
  expect(onlook(harness).sizes).toEqual([3])
})

const SINCE = (ms: number) => ({ sentAt: NOON - ms })

test.each([
  ['have waited less than five seconds', 0, [SINCE(0), SINCE(4_999)], []],
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

test('an added message that may kill the worker is handled alone, and after the others', async () => {
  const harness = createWorkerHarness()
  harness.waiting = [single(10, { receives: 3 })]
  expect(await harness.work(numbers(0, 10).map((n) => single(n)))).toEqual([])
  expect(onlook(harness).sizes).toEqual([10, 1])
  expect(harness.removed).toContain('m10')
})

test('a slow SQS delays a batch by one receive', async () => {
  const harness = createWorkerHarness()
  harness.receiveMs = 1_000
  harness.waiting = numbers(10, 100).map((n) => single(n))
  await harness.work(numbers(0, 10).map((n) => single(n)))
  expect(onlook(harness).sizes).toEqual([20])
})
