import { expect, test } from 'vitest'
import { beforeLogs, billOf, receiverMs, totalOf, workerMs, workerWaitMs } from '../../../bin/cost/bill.ts'
import measured from '../../../bin/cost/measured.json' with { type: 'json' }
import { readUsage } from '../../../bin/cost/usage.ts'
import { USAGE } from './usage-fixture.ts'

/** With this much memory, a function has half a core. */
const HALF = { brazeMs: 100, memoryMb: 884.5, tracing: true }

test('a function is billed for its waits, and for the processor by its share of a core', () => {
  expect(receiverMs(USAGE, HALF)).toBe(45_000)
  // 10,000 requests wait for 200 ms each, and 4,000 for 100 ms each.
  expect(workerMs(USAGE, HALF)).toBe(2_480_000)
})

test.each([
  [150, 2_600_000],
  [300, 4_200_000],
])('a Braze that takes %d ms is waited for where that is longer than the spacing', (brazeMs, ms) => {
  expect(workerWaitMs(USAGE, brazeMs)).toBe(ms)
})

test('each service is billed by what it counts', () => {
  const bill = billOf(USAGE, HALF)
  expect(bill).toEqual({
    'HTTP API': expect.closeTo(0.002, 8),
    // 3,000 invocations, and 2,525 s of 0.86377 GB.
    Lambda: expect.closeTo(0.0006 + 0.0290805, 6),
    SQS: expect.closeTo(0.006, 8),
    // 200 MB.
    egress: expect.closeTo(0.018, 8),
    // In 500 s, 500 of 1,000 and 500 of 2,000 invocations are traced, and 5 % of the other 500 and 1,500.
    tracing: expect.closeTo(0.0055, 8),
    // 10 MB, including 251 bytes of access log for each of the 1,000 requests.
    logs: expect.closeTo(0.0062, 8),
  })
  expect(beforeLogs(bill)).toBeCloseTo(0.0611805, 6)
  expect(totalOf(bill)).toBeCloseTo(0.0673805, 6)
})

test('without tracing nothing is traced', () => {
  expect(billOf(USAGE, { ...HALF, tracing: false })).toEqual({ ...billOf(USAGE, HALF), tracing: 0 })
})

test('what the worker waits is what it waited in virtual time', () => {
  for (const usage of readUsage(measured).values()) {
    const ratio = workerWaitMs(usage, 100) / usage['worker waits']
    expect(ratio).toBeGreaterThan(0.98)
    expect(ratio).toBeLessThan(1.02)
  }
})
