import { expect, test } from 'vitest'
import { acceptAfter, type Outage, unavailableDuring } from '../../../bin/proof/braze.ts'
import { createVirtualClock } from '../../../bin/proof/clock.ts'
import { createWorld } from '../../../bin/proof/world.ts'

const START = Date.parse('2026-11-20T10:00:00Z')
const AMPLE = { requests: 1_000, seconds: 3 }
const FROM_THE_START = { from: START, to: START + 60_000 }

/**
 * One lane, one worker at a time, one request a second, an answer after 100 ms, and no randomness, so that
 * each figure can be worked out by hand.
 */
function openWorld(outage?: Pick<Outage, 'kind'>) {
  const clock = createVirtualClock(START)
  const accept = acceptAfter(100, clock)
  const braze = outage ? unavailableDuring({ ...FROM_THE_START, ...outage }, AMPLE, clock, accept) : accept
  const pace = { concurrency: 1, requestsPerSecond: 1 }
  const latenciesMs: number[] = []
  let requests = 0
  const world = createWorld({
    clock,
    fleet: { lanes: 1, queues: { profiles: pace, events: pace } },
    braze: (request) => {
      requests += 1
      return braze(request)
    },
    random: () => 0,
    telemetry: { measure: (_, ms) => void latenciesMs.push(ms) },
  })
  const event = (id: string) => {
    const row = { external_id: 'fixture-user', event_name: 'fixture-event', event_id: id }
    return world.post('/v1/events', Buffer.from(JSON.stringify({ ...row, time: '2026-11-20T10:00:00Z' })))
  }
  return {
    world,
    event,
    figures: () => ({ requests, latenciesMs, endedMs: clock.now() - START }),
  }
}

test('an event is in the queue after 5 ms, at the worker after 10, and at Braze after 100', async () => {
  const { world, event, figures } = openWorld()
  await world.run(async () => {
    await event('1')
    await world.sleep(45)
    await event('2')
  })
  // The slot is free a second after its request began, at 1,015. The second event was sent at 50.
  expect(figures()).toEqual({ requests: 2, latenciesMs: [115, 1_075], endedMs: 2_025 })
})

test('a request of 80 rows in one lane is two messages and two requests to Braze, a second apart', async () => {
  const { world, figures } = openWorld()
  const rows = Array.from({ length: 80 }, (_, n) => ({
    external_id: `fixture-${n}`,
    audience_id: '1',
    op: 'enter',
  }))
  await world.run(async () => {
    await world.post('/v1/activations', Buffer.from(JSON.stringify(rows)))
  })
  // The worker has the first message before the second is sent, at 10. The slot is held until a third request could
  // begin.
  expect(figures()).toEqual({ requests: 2, latenciesMs: [115, 1_125], endedMs: 2_025 })
})

test('an event of a minute of 503 comes back after 3, 5, 10, 20 and 40 seconds, and from the fifth time on a probe goes first', async () => {
  const { world, event, figures } = openWorld({ kind: '503' })
  await world.run(async () => {
    await event('1')
  })
  // Four tries, a probe the fifth time, and a probe and the event that Braze accepts.
  expect(figures().requests).toBe(7)
  expect(figures().endedMs).toBe(80_565)
  expect(world.isQuiet()).toBe(true)
})

test('while Braze does not answer at all, a probe goes first from the fifth time on', async () => {
  const { world, event, figures } = openWorld({ kind: 'timeout' })
  await world.run(async () => {
    await event('1')
  })
  // Four tries of 8 seconds, and a probe and the event that Braze accepts.
  expect(figures().requests).toBe(6)
})

test('a worker that dies leaves its message to the visibility timeout of six minutes', async () => {
  const clock = createVirtualClock(START)
  const pace = { concurrency: 1, requestsPerSecond: 1 }
  const ends: string[] = []
  const world = createWorld({
    clock,
    fleet: { lanes: 1, queues: { profiles: pace, events: pace } },
    braze: acceptAfter(100, clock),
    random: () => 0,
    hooks: {
      worker: (deps, { number, die }) => (number === 0 ? { ...deps, track: die } : deps),
      ended: (_, end) => void ends.push(`${clock.now() - START}: ${end.died ? 'died' : 'done'}`),
    },
  })
  await world.run(async () => {
    await world.post(
      '/v1/activations',
      Buffer.from('[{"external_id":"fixture","audience_id":"1","op":"enter"}]'),
    )
  })
  // Received at 5 and invoked at 15. It is visible again at 360,005.
  expect(ends).toEqual(['15: died', '361015: done'])
  expect(world.isQuiet()).toBe(true)
})

test('at the end of its time the workers stop, and the queue is not quiet', async () => {
  const clock = createVirtualClock(START)
  const pace = { concurrency: 1, requestsPerSecond: 1 }
  const world = createWorld({
    clock,
    fleet: { lanes: 1, queues: { profiles: pace, events: pace } },
    braze: async () => ({ kind: 'answer', status: 503, headers: {}, body: '' }),
    random: () => 0,
  })
  await world.run(async () => {
    await world.post(
      '/v1/activations',
      Buffer.from('[{"external_id":"fixture","audience_id":"1","op":"enter"}]'),
    )
  }, START + 60_000)
  expect(clock.now()).toBe(START + 60_000)
  expect(world.isQuiet()).toBe(false)
})
