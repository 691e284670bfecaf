import { expect, test } from 'vitest'
import type { Outage } from '../../../bin/simulate/braze.ts'
import { postRows } from '../../../bin/simulate/post.ts'
import { createSimulatedWorld } from '../../../bin/simulate/world.ts'

/**
 * One lane, one worker at a time, one request a second, an answer after 100 ms, and no randomness, so that
 * each figure can be worked out by hand.
 */
function open(outage?: Outage) {
  const pace = { concurrency: 1, requestsPerSecond: 1 }
  return createSimulatedWorld({
    fleet: { lanes: 1, queues: { profiles: pace, events: pace } },
    braze: { answerMs: () => 100, limit: undefined, outage },
    random: () => 0,
  })
}

test('an event is in the queue after 5 ms, at the worker after 10, and at Braze after 100', () => {
  const world = open()
  world.clock.resume(postRows('events', 1, world.intake))
  world.clock.resume(postRows('events', 1, world.intake), 50)
  world.clock.run(() => world.queues.events.count.deleted === 2)
  expect(world.braze.count.requests).toBe(2)
  // The first slot is free a second after its request began, at 1,015. The second event's answer is at 1,125.
  expect(world.latencies.events.quantile(0)).toBeCloseTo(115, 0)
  expect(world.latencies.events.quantile(0.5)).toBeGreaterThan(1_065)
  expect(world.latencies.events.quantile(0.5)).toBeLessThan(1_085)
})

test('a request of 80 rows is a message and two requests to Braze, a second apart', () => {
  const { clock, intake, queues, braze, latencies } = open()
  clock.resume(postRows('profiles', 80, intake))
  clock.run(() => queues.profiles.count.deleted === 1)
  expect(braze.count.requests).toBe(2)
  // 5 + 10, a second between the requests, and 100 for the answer to the second request.
  expect(latencies.profiles.quantile(0.5)).toBeGreaterThan(1_105)
  expect(latencies.profiles.quantile(0.5)).toBeLessThan(1_125)
  // The slot, and with it the message, is held until a third request could begin.
  expect(clock.now()).toBe(2_015)
})

test('an event of a minute of 503 comes back after 3, 5, 10, 20 and 40 seconds, and is probed from the fifth time on', () => {
  const { clock, intake, queues, braze } = open({ from: 0, to: 60_000, kind: '503' })
  clock.resume(postRows('events', 1, intake))
  clock.run(() => queues.events.count.deleted === 1)
  // Four tries, a fifth with a second request and a probe, and the one that Braze accepts.
  expect(braze.count).toEqual({ requests: 8, failed: 7, throttled: 0 })
  // 115 + 3,110 + 5,110 + 10,110 + 20,110 + 2 * 1,000 + 40,110. From receive 3 on, it is deleted at once.
  expect(clock.now()).toBe(80_665)
})

test('while Braze does not answer at all, nothing is probed', () => {
  const { clock, intake, queues, braze } = open({ from: 0, to: 60_000, kind: 'timeout' })
  clock.resume(postRows('events', 1, intake))
  clock.run(() => queues.events.count.deleted === 1)
  expect(braze.count).toEqual({ requests: 5, failed: 4, throttled: 0 })
  // 8,015 + (3,010 + 8,000) + (5,010 + 8,000) + (10,010 + 8,000) + 20,110
  expect(clock.now()).toBe(70_155)
})

test('a told Retry-After is kept', () => {
  const { clock, intake, queues, braze } = open({ from: 0, to: 60_000, kind: '503', retryAfterSeconds: 90 })
  clock.resume(postRows('events', 1, intake))
  clock.run(() => queues.events.count.deleted === 1)
  expect(braze.count.requests).toBe(2)
  // 115 + 90,000 + 10, and a second until the slot is free.
  expect(clock.now()).toBe(91_125)
})
