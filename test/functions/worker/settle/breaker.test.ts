import { expect, test } from 'vitest'
import { createWorkerHarness, event, events, list } from '../harness.ts'

/** A dead-letter queue that cannot be written costs an invocation seconds, whatever the number of its turns. */

test.each([
  ['hangs', 4_500],
  ['fails at once', 50],
])('a dead-letter queue that %s costs seconds', async (_, sendBatchMs) => {
  const harness = createWorkerHarness()
  harness.sendBatchMs = sendBatchMs
  harness.rejectsDeadLetters = () => true
  const bad = event(0, 'x'.repeat(256))
  const messages = list(10, (n) =>
    events(`m${n}`, [...list(74, (user) => event(user + 1)), bad], { lane: `lane-${n}`, receives: 3 }),
  )
  const startedAt = harness.now()
  expect(await harness.work(messages)).toHaveLength(10)
  expect(harness.now() - startedAt).toBeLessThan(15_000)
  expect(harness.braze.events()).toHaveLength(740)
})
