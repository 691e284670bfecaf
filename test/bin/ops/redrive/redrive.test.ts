import { describe, expect, test } from 'vitest'
import { messageBody, openDesk, rowsBody } from './desk.ts'

const profile = (attributes: object, external_id = 'fixture-u1') => ({
  type: 'profile',
  external_id,
  attributes,
})
const event = (name: string, external_id = 'fixture-u1') => ({ type: 'event', external_id, name })

test('a letter goes back as a message of its user’s lane, and keeps when it was accepted', async () => {
  const desk = openDesk()
  desk.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'fixture-tier-7731' })]))
  const { complete } = await desk.redrive()
  expect(complete).toBe(true)
  expect(desk.queued('profiles')).toEqual([
    {
      group: 'lane-4',
      v: 1,
      id: expect.stringMatching(/^id-/),
      connection: 'default',
      receivedAt: '2026-11-20T11:00:00.000Z',
      requestId: 'request-1',
      records: [profile({ tier: 'fixture-tier-7731' })],
    },
  ])
  expect(desk.letters('profiles')).toEqual([])
  expect(desk.done).toEqual(['send to profiles', 'delete profiles-dlq-1'])
})

test('without yes nothing is sent, nothing is deleted, and everything is visible a second later', async () => {
  const desk = openDesk()
  desk.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a' })]))
  await desk.redrive({ yes: false })
  expect(desk.done).toEqual([])
  desk.wait(1_000)
  expect(desk.visible('profiles')).toBe(1)
})

test('what is accepted earlier goes back earlier, whatever the order of the letters', async () => {
  const desk = openDesk()
  for (const n of [3, 1, 2])
    desk.park(
      'events',
      messageBody('EVENT_REFUSED', [event(`fixture-e${n}`)], {
        id: `m-${n}`,
        receivedAt: `2026-11-20T11:0${n}:00.000Z`,
      }),
    )
  await desk.redrive()
  expect(desk.recordsIn('events').map(({ name }) => name)).toEqual(['fixture-e1', 'fixture-e2', 'fixture-e3'])
})

test('rows of one request go back in the order of the request, though they stand in two letters', async () => {
  const desk = openDesk()
  const row = (n: number) => `{"user_id":"fixture-u1","event_name":"fixture-e${n}"}`
  const given = { endpoint: 'events' }
  const first = rowsBody('VALUE_NOT_TEXT', [row(0), row(2)], given).replace('"index":1,', '"index":2,')
  desk.park('events', first)
  desk.park('events', rowsBody('TIME_UNREADABLE', [row(1)], { ...given, from: 1 }))
  expect((await desk.redrive()).complete).toBe(true)
  expect(desk.recordsIn('events').map(({ name }) => name)).toEqual(['fixture-e0', 'fixture-e1', 'fixture-e2'])
  expect(desk.letters('events')).toEqual([])
})

test('a whole message goes back by the receiver’s rules: of one lane at most 75 that are not safe to resend', async () => {
  const desk = openDesk()
  const records = Array.from({ length: 80 }, (_, n) => event(`fixture-e${n}`))
  desk.park('events', messageBody('WORKER_DIED', records))
  await desk.redrive({ includeDoubtful: true })
  expect(desk.queued('events').map((message) => message.records.length)).toEqual([75, 5])
})

test('with stale ones included both letters go back whole, the older first', async () => {
  const desk = openDesk()
  desk.park(
    'profiles',
    messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'b' })], {
      id: 'm-2',
      receivedAt: '2026-11-20T11:30:00.000Z',
    }),
  )
  desk.park(
    'profiles',
    messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a' })], {
      id: 'm-1',
      receivedAt: '2026-11-10T11:00:00.000Z',
    }),
  )
  await desk.redrive({ includeStale: true })
  expect(desk.recordsIn('profiles')).toEqual([profile({ tier: 'a' }), profile({ tier: 'b' })])
})

describe('where SQS does not take a message', () => {
  test('its lane ends there, other lanes go on, and every letter that was not put back is visible again', async () => {
    const desk = openDesk()
    for (const [n, user] of [
      [1, 'fixture-u1'],
      [2, 'fixture-u1'],
      [3, 'fixture-u2'],
    ] as const)
      desk.park('events', messageBody('EVENT_REFUSED', [event(`fixture-e${n}`, user)], { id: `m-${n}` }))
    const sendBatch: typeof desk.deps.sendBatch = async (batch) =>
      batch.some(({ body }) => body.includes('fixture-e1')) ? batch : desk.deps.sendBatch(batch)
    const { complete, done, begun } = await desk.redrive({}, { sendBatch })
    expect([complete, done.size, begun.size]).toEqual([false, 1, 1])
    expect(desk.recordsIn('events').map(({ name }) => name)).toEqual(['fixture-e3'])
    desk.wait(1_000)
    expect(desk.visible('events')).toBe(2)
    expect(desk.lines.join('\n')).toContain('Failed before the end.')
  })

  test('a letter whose replacements can’t be parked stays, and so does everything else', async () => {
    const desk = openDesk()
    desk.park(
      'profiles',
      rowsBody('OP_UNKNOWN', ['{"user_id":"fixture-u1"}', '{"user_id":"fixture-u2","tier":"a"}']),
    )
    const sendBatch: typeof desk.deps.sendBatch = async (batch) =>
      batch.some(({ queueUrl }) => queueUrl === 'profiles-dlq') ? batch : desk.deps.sendBatch(batch)
    const { complete } = await desk.redrive({}, { sendBatch })
    expect(complete).toBe(false)
    expect([desk.letters('profiles').length, desk.queued('profiles')]).toEqual([1, []])
  })
})

test('a receive that fails leaves what was received before visible', async () => {
  const desk = openDesk()
  desk.park('profiles', messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'a' })]))
  const receive: typeof desk.deps.receive = async (queue, seconds) => {
    if (queue === 'events') throw new Error('fixture network')
    return desk.deps.receive(queue, seconds)
  }
  await expect(desk.redrive({}, { receive })).rejects.toThrow('fixture network')
  desk.wait(1_000)
  expect(desk.visible('profiles')).toBe(1)
})

test('what it says names no person', async () => {
  const desk = openDesk()
  desk.park(
    'profiles',
    messageBody('ATTRIBUTE_REFUSED', [profile({ tier: 'fixture-tier-7731', 'fixture-column': 1 })]),
  )
  desk.park('profiles', rowsBody('OP_UNKNOWN', ['{"user_id":"fixture-u1"}']))
  desk.park('profiles', '{"fixture-field":"fixture-value","failure":{"code":"fixture-code"}}')
  await desk.redrive({ yes: false })
  expect(desk.lines.join('\n')).toContain('Would go back: 1 record of 1 letter')
  expect(desk.lines.join('\n')).not.toContain('fixture')
})

test('a letter that stands twice goes back once, and its twin is gone', async () => {
  const desk = openDesk()
  const body = messageBody('REJECTED_BY_BRAZE', [
    { type: 'event', external_id: 'fixture-u1', name: 'fixture-e', time: '2026-11-20T10:00:00Z' },
  ])
  desk.park('events', body, 'message-7-0')
  desk.wait(6 * 60_000)
  desk.park('events', body, 'message-7-0')
  await desk.redrive()
  expect(desk.recordsIn('events')).toHaveLength(1)
  expect(desk.letters('events')).toEqual([])
})
