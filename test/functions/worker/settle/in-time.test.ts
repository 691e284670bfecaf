import { expect, test } from 'vitest'
import type { ScriptStep } from '../../../../bin/local/braze/script.ts'
import { SEND_WINDOW_SECONDS, SETTLE_SECONDS } from '../../../../functions/shared/limits.ts'
import type { ReceivedMessage } from '../../../../functions/worker/invocation.ts'
import { createWorkerHarness, event, events, list, profiles, tier } from '../harness.ts'

/** An invocation ends before its function does, however long each of its effects takes. */

test('the time to settle is a request, two calls to AWS and the computing between them', () => {
  expect([SETTLE_SECONDS, SEND_WINDOW_SECONDS]).toEqual([19, 41])
})

const TOO_LONG = 'x'.repeat(300)
const lanes = (message: (n: number) => ReceivedMessage) =>
  list(10, (n) => ({ ...message(n), lane: `lane-${n}` }))
const oneAndOneBad = (n: number) => events(`m${n}`, [event(n), event(n, TOO_LONG)])

const BATCHES: [name: string, messages: readonly ReceivedMessage[], script: readonly ScriptStep[]][] = [
  ['a bad event in each lane', lanes(oneAndOneBad), []],
  [
    'full requests',
    lanes((n) =>
      events(
        `m${n}`,
        list(75, (k) => event(k, `fixture-e${n}`)),
      ),
    ),
    [],
  ],
  [
    'two lanes of many segments',
    list(10, (n) =>
      profiles(
        `m${n}`,
        [
          n % 4 < 2 ? tier(`fixture-u${n % 2}`, n) : tier(`fixture-u${n % 2}`, { inc: n }),
          ...(n % 2 === 0 ? [] : [tier('fixture-bad', TOO_LONG)]),
        ],
        { lane: `lane-${n % 2}` },
      ),
    ),
    [],
  ],
  ['unreadable messages', lanes((n) => ({ ...oneAndOneBad(n), body: 'no JSON' })), []],
  ['messages that may kill the worker', lanes((n) => ({ ...oneAndOneBad(n), receives: 3 })), []],
  ['both kinds together', lanes((n) => ({ ...oneAndOneBad(n), receives: n % 2 === 0 ? 1 : 3 })), []],
  [
    'short waits',
    lanes((n) => ({ ...profiles(`m${n}`, [tier(`fixture-u${n}`, n)]), receives: 6 })),
    [{ do: 'rate limit', dialect: 'retry-after', seconds: 9, times: 100 }],
  ],
  ['an old key', lanes(oneAndOneBad), [{ do: 'answer', status: 401, times: 100 }]],
  ['a search', lanes(oneAndOneBad), [{ do: 'answer', status: 413, times: 100 }]],
]

/** How long Braze takes, in milliseconds. At 8,000 the request times out. */
const LATENCIES = [0, 2_300, 7_999, 8_000]

test.each(BATCHES)('%s: while SQS and Secrets Manager hang', async (_, messages, script) => {
  for (const latency of LATENCIES)
    for (let deadlineMs = 500; deadlineMs <= 41_000; deadlineMs += 500) {
      const harness = createWorkerHarness()
      harness.braze.script([...script])
      harness.takesMs = () => latency
      harness.rejectsDeadLetters = () => true
      Object.assign(harness, { secretMs: 4_500, sendBatchMs: 4_500, removeMs: 4_500, hideMs: 4_500 })
      const startedAt = harness.now()
      const back = await harness.work(messages, { deadlineMs })
      const leftMs = deadlineMs + 19_000 - (harness.now() - startedAt)
      expect({ latency, deadlineMs, leftMs }).toEqual({ latency, deadlineMs, leftMs: Math.max(0, leftMs) })
      expect(new Set(harness.hidden.flatMap(({ ids }) => ids))).toEqual(new Set(back))
    }
})

test('nothing is hidden by a call that could outlast the function', async () => {
  const harness = createWorkerHarness()
  harness.takesMs = () => 14_000
  expect(await harness.work([profiles('m1', [tier('fixture-u1', 1)])], { deadlineMs: 1 })).toEqual(['m1'])
  expect(harness.hides).toBe(0)
})

test('lanes go back in one call, each for its own time', async () => {
  const harness = createWorkerHarness()
  harness.braze.script([{ do: 'answer', status: 503, times: 100 }])
  const messages = lanes((n) => ({ ...events(`m${n}`, [event(n)]), receives: 1 + (n % 2) }))
  await harness.work(messages)
  // The first call holds the messages that were received before.
  expect(harness.hides).toBe(2)
  expect(harness.hidden).toEqual(list(10, (n) => ({ ids: [`m${n}`], seconds: n % 2 === 0 ? 3 : 5 })))
})

test('what the worker received itself is deleted or hidden in time, while SQS hangs', async () => {
  for (let deadlineMs = 500; deadlineMs <= 41_000; deadlineMs += 500) {
    const harness = createWorkerHarness()
    harness.takesMs = () => 7_999
    harness.waiting = list(30, (n) => events(`added-${n}`, [event(n)], { lane: `added-${n}` }))
    Object.assign(harness, { receiveMs: 4_500, secretMs: 4_500, removeMs: 4_500, hideMs: 4_500 })
    const startedAt = harness.now()
    await harness.work(
      list(10, (n) => events(`m${n}`, [event(n)], { lane: `m${n}` })),
      { deadlineMs },
    )
    expect(harness.now() - startedAt).toBeLessThanOrEqual(deadlineMs + 19_000)
    const settled = [...harness.removed, ...harness.hidden.flatMap(({ ids }) => ids)]
    expect(new Set(settled)).toEqual(new Set([...settled, ...list(10, (n) => `added-${n}`)]))
  }
})
