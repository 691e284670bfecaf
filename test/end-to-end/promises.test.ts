import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { LONG } from '../long.ts'
import { SENSITIVE_FIXTURES } from '../sensitive-fixtures.ts'
import { attributesOf, discard, type RunningBridge, startBridge } from './bridge.ts'

let bridge: RunningBridge
beforeEach(async () => {
  bridge = await startBridge()
})
afterEach(() => discard(bridge))

const member = (external_id: string, op: string) => ({ external_id, audience_id: '1042', split_id: '2', op })

describe('1. Accepted means kept', () => {
  test('what Braze could not take before a stop is delivered after the next start', async () => {
    bridge.simulator.script([{ do: 'answer', status: 503, times: 'always' }])
    expect(await bridge.post('/v1/activations', member('fixture-u1', 'enter'))).toMatchObject({
      status: 200,
      json: { accepted: 1 },
    })
    await bridge.stop()
    bridge = await startBridge({ stateDir: bridge.stateDir })
    await bridge.queues.waitUntilQuiet()
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({ AIQ_1042_2: true })
  })

  test('every row of 5,000 is delivered or stands in a dead-letter queue', async () => {
    const rows = Array.from({ length: 5_000 }, (_, n) => ({
      external_id: n % 100 === 7 ? '' : `fixture-u${n % 2_000}`,
      fixture_n: n,
    }))
    const { status, json } = await bridge.post('/v1/activations', {
      audience_id: '7',
      split_id: '1',
      records: rows,
    })
    expect({ status, accepted: json.accepted, rejected: json.rejected }).toEqual({
      status: 200,
      accepted: 4_950,
      rejected: 50,
    })
    await bridge.queues.waitUntilQuiet()
    expect(bridge.queues.deadLetters().flatMap(({ rows = [] }) => rows)).toHaveLength(50)
    expect(
      bridge.simulator.profiles().filter(({ custom_attributes }) => custom_attributes.AIQ_7_1 === true),
    ).toHaveLength(1_980)
    // Each user has two or three rows, and the last one wins.
    expect(attributesOf(bridge, 'fixture-u999')).toEqual({ AIQ_7_1: true, fixture_n: 4_999 })
    expect(attributesOf(bridge, 'fixture-u1000')).toEqual({ AIQ_7_1: true, fixture_n: 3_000 })
  })
})

describe('2. In order', () => {
  test('join, leave, join within seconds end as joined, in as many requests and through a failing Braze', async () => {
    bridge.simulator.script([{ do: 'answer', status: 503 }])
    for (const op of ['enter', 'leave', 'enter', 'leave', 'enter']) {
      expect((await bridge.post('/v1/activations', member('fixture-u1', op))).status).toBe(200)
    }
    await bridge.queues.waitUntilQuiet()
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({ AIQ_1042_2: true })
  })

  test('one user’s events arrive in the order they were accepted', async () => {
    for (const n of [1, 2, 3, 4, 5])
      await bridge.post('/v1/events', { external_id: 'fixture-u1', event_name: `fixture-e${n}` })
    await bridge.queues.waitUntilQuiet()
    expect(bridge.simulator.events().map(({ name }) => name)).toEqual([
      'fixture-e1',
      'fixture-e2',
      'fixture-e3',
      'fixture-e4',
      'fixture-e5',
    ])
  })
})

describe('3. Nobody pays for a neighbour', () => {
  test('of 100 rows the one that makes Braze refuse the whole request is parked, and 99 arrive', async () => {
    const body = { message: 'fixture refusal' }
    bridge.simulator.script([
      { do: 'answer', status: 400, body, users: ['external_id:fixture-u42'], times: 'always' },
    ])
    await bridge.post(
      '/v1/activations',
      Array.from({ length: 100 }, (_, n) => member(`fixture-u${n}`, 'enter')),
    )
    await bridge.queues.waitUntilQuiet()
    expect(
      bridge.queues
        .deadLetters()
        .map(({ failure, records }) => [failure?.code, records.map(({ external_id }) => external_id)]),
    ).toEqual([['REJECTED_BY_BRAZE', ['fixture-u42']]])
    expect(
      bridge.simulator.profiles().filter(({ custom_attributes }) => custom_attributes.AIQ_1042_2 === true),
    ).toHaveLength(99)
  })

  test('rows that can’t be read don’t fail their request', async () => {
    const { status, json } = await bridge.post('/v1/activations', [
      member('fixture-u1', 'enter'),
      member('fixture-u2', 'maybe'),
    ])
    expect({ status, json }).toMatchObject({
      status: 200,
      json: { accepted: 1, rejected: 1, errors: [{ index: 1, field: 'op' }] },
    })
    await bridge.queues.waitUntilQuiet()
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({ AIQ_1042_2: true })
  })
})

describe('4. Duplicates are avoided wherever Braze allows it', () => {
  const event = {
    external_id: 'fixture-u1',
    event_name: 'fixture-cart',
    time: '2026-11-20T10:00:00Z',
    event_id: 'fixture-e1',
  }

  test('the same bytes sent again double no event', async () => {
    for (const _ of [1, 2, 3]) expect((await bridge.post('/v1/events', [event])).status).toBe(200)
    await bridge.queues.waitUntilQuiet()
    expect(bridge.simulator.events()).toHaveLength(1)
  })

  test('an event without a time is recognised by the sender’s idempotency key', async () => {
    const { time: _time, event_id: _id, ...bare } = event
    await bridge.post('/v1/events', [bare], { 'idempotency-key': 'fixture-key-1' })
    await bridge.post('/v1/events', [bare], { 'idempotency-key': 'fixture-key-1' })
    await bridge.post('/v1/events', [bare], { 'idempotency-key': 'fixture-key-2' })
    await bridge.queues.waitUntilQuiet()
    expect(bridge.simulator.events()).toHaveLength(2)
  })

  test('a lost answer doubles the events of its request, and no others', async () => {
    bridge.simulator.script([{ do: 'reset', apply: true, event: 'fixture-lost' }])
    await bridge.post('/v1/events', [{ ...event, event_name: 'fixture-lost' }])
    await bridge.queues.waitUntilQuiet()
    await bridge.post('/v1/events', [event])
    await bridge.queues.waitUntilQuiet()
    expect(bridge.simulator.events().map(({ name }) => name)).toEqual([
      'fixture-lost',
      'fixture-lost',
      'fixture-cart',
    ])
  })
})

describe('5. Braze is never overrun', () => {
  test('a told wait is obeyed', async () => {
    bridge.simulator.script([{ do: 'rate limit', dialect: 'x-ratelimit-retry-after', seconds: 1 }])
    await bridge.post('/v1/activations', member('fixture-u1', 'enter'))
    await bridge.queues.waitUntilQuiet()
    const [refused, taken] = bridge.simulator.requests()
    expect([refused?.status, taken?.status]).toEqual([429, 201])
    expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_000)
  })

  /** At most 75 rows share a request, so these need more requests than a second may have. */
  const ROWS = LONG ? 2_000 : 1_200

  test('with two invocations at a time and 200 ms between requests, Braze sees at most ten a second of a queue', async () => {
    await discard(bridge)
    bridge = await startBridge({ spacingMs: 200 })
    await bridge.post(
      '/v1/activations',
      Array.from({ length: ROWS }, (_, n) => member(`fixture-u${n}`, 'enter')),
    )
    await bridge.queues.waitUntilQuiet()
    const times = bridge.simulator.requests().map(({ at }) => at)
    expect(times.length).toBeGreaterThan(ROWS / 80)
    const busiest = times.map((at) => times.filter((other) => other >= at && other < at + 1_000).length)
    // The limit is ten, plus two for requests that began just before the second did.
    expect(Math.max(...busiest)).toBeLessThanOrEqual(12)
  })
})

describe('6. An outage or a wrong key loses nothing, parks nothing, reorders nothing', () => {
  test('through 503s and a wrong key everything drains by itself', async () => {
    // The two queues wait at the same time: events for Braze, profiles for a key.
    bridge.simulator.script([
      { do: 'answer', status: 503, event: 'fixture-e1' },
      { do: 'answer', status: 401, users: ['external_id:fixture-u1'], times: 2 },
    ])
    const event = (name: string) => ({ external_id: 'fixture-u3', event_name: name })
    await bridge.post('/v1/events', [event('fixture-e1'), event('fixture-e2')])
    await bridge.post('/v1/activations', [member('fixture-u1', 'enter'), member('fixture-u2', 'enter')])
    await bridge.post('/v1/activations', [member('fixture-u1', 'leave')])
    await bridge.queues.waitUntilQuiet()
    expect(bridge.queues.deadLetters()).toEqual([])
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({ AIQ_1042_2: false })
    expect(attributesOf(bridge, 'fixture-u2')).toEqual({ AIQ_1042_2: true })
    expect(bridge.simulator.events().map(({ name }) => name)).toEqual(['fixture-e1', 'fixture-e2'])
    const statuses = bridge.simulator.requests().map(({ status }) => status)
    expect(statuses.filter((status) => status !== 201).toSorted()).toEqual([401, 401, 503])
  })
})

describe('7. A person can see why', () => {
  test('each dead letter says its code, its reason and what to do, first in the body', async () => {
    await bridge.post('/v1/activations', [
      { external_id: 'fixture-u1', fixture_note: 'x'.repeat(256) },
      { external_id: 'fixture-u2', fixture_tier: 'fixture-gold' },
      { fixture_tier: 'fixture-gold' },
    ])
    await bridge.queues.waitUntilQuiet()
    const deadLetters = bridge.queues.deadLetters()
    expect(new Set(deadLetters.map(({ failure }) => failure?.code))).toEqual(
      new Set(['ATTRIBUTE_REFUSED', 'IDENTIFIER_MISSING']),
    )
    for (const { failure, body } of deadLetters) {
      const [, reason, hint] = body.split('\n')
      expect([reason, hint]).toEqual([`  "reason": "${failure?.reason}",`, `  "hint": "${failure?.hint}",`])
      expect(failure?.reason.length).toBeGreaterThan(20)
      expect(failure?.hint.length).toBeGreaterThan(20)
    }
  })
})

describe('8. No personal data or secret in a log line', () => {
  test('not even when everything goes wrong', async () => {
    bridge.simulator.script([
      {
        do: 'answer',
        status: 400,
        body: { message: 'fixture-refusal of fixture-u1' },
        users: ['external_id:fixture-u1'],
        times: 'always',
      },
    ])
    await bridge.post('/v1/activations', [
      member('fixture-u1', 'enter'),
      { external_id: 'fixture-u2', AIQ_1_1: 'fixture-maybe' },
    ])
    await bridge.post('/v1/events', '{"external_id":"fixture-u3', {})
    await bridge.post('/v1/events', [], { 'x-api-key': 'fixture-wrong-token' })
    await bridge.queues.waitUntilQuiet()
    bridge.simulator.clearScript()
    bridge.simulator.script([{ do: 'answer', status: 401, times: 'always' }])
    await bridge.post('/v1/activations', member('fixture-u1', 'leave'))
    await vi.waitFor(() => expect(bridge.logs).toContainEqual(expect.objectContaining({ level: 'ERROR' })))
    expect(bridge.logs.length).toBeGreaterThan(5)
    expect(bridge.logs.filter((entry) => SENSITIVE_FIXTURES.test(JSON.stringify(entry)))).toEqual([])
  })

  test('not even where a telephone number or a name is sent as the id of an audience or a run', async () => {
    const texts = /4917612345678|anna\.schmidt/
    const row = {
      external_id: 'fixture-u1',
      audience_id: '4917612345678',
      run_id: 'anna.schmidt',
      op: 'enter',
    }
    await bridge.post('/v1/activations', [row, { ...row, note: 'x'.repeat(256) }, { ...row, op: 'maybe' }])
    await bridge.queues.waitUntilQuiet()
    expect(attributesOf(bridge, 'fixture-u1')).toEqual({ AIQ_4917612345678_0: true })
    expect(bridge.queues.deadLetters()).toHaveLength(2)
    const told = [...bridge.logs, ...bridge.measurements.series()]
    expect(told.filter((entry) => texts.test(JSON.stringify(entry)))).toEqual([])
    expect(bridge.logs).toContainEqual(expect.objectContaining({ stage: 'delivered', run: '(other)' }))
  })
})
