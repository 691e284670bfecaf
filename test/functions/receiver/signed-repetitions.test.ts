import { describe, expect, it, test } from 'vitest'
import {
  CLOCK_AHEAD_SECONDS,
  HTTP_TIMEOUT_SECONDS,
  MAX_TOLERANCE_SECONDS,
} from '../../../functions/shared/limits.ts'
import {
  byHmac,
  byWebhook,
  ENTER,
  JOINED,
  LEAVE,
  LEFT,
  openReceiver,
  SIGNATURES,
  START,
  timeless,
} from './signed-requests-fixture.ts'

/** Other values in the headers that a signature does not cover. */
const OTHER_KEYS = { 'idempotency-key': 'fixture-other', 'content-type': 'text/plain' }

describe.each(SIGNATURES)('a recorded request that is signed by %s', (_, sign) => {
  it.each<[what: string, rows: string, queue: string]>([
    ['an increment', '[{"external_id":"u-1","visits":{"inc":1}}]', 'profiles'],
    ['an event without an id or a time', '[{"external_id":"u-1","event_name":"n"}]', 'events'],
    [
      'an event with a time',
      '[{"external_id":"u-1","event_name":"n","time":"2026-01-05T09:00:00Z"}]',
      'events',
    ],
    ['an event with an id', '[{"external_id":"u-1","event_name":"n","event_id":"e"}]', 'events'],
    ['a row that cannot be used', '[{"a":1}]', 'profiles-dlq'],
    ['an event that cannot be used', '[{"event_name":"n"}]', 'events-dlq'],
  ])('writes nothing when it is sent again: %s', async (_what, rows, queue) => {
    const { clock, send, stored } = openReceiver()
    const signed = sign(rows)
    await send(signed)
    expect(stored(queue)).toHaveLength(1)
    for (const headers of [signed.headers, { ...signed.headers, ...OTHER_KEYS }]) {
      clock.now += 60_000
      await send({ ...signed, headers }, { id: 'request-with-a-longer-id' })
    }
    expect(stored(queue)).toHaveLength(1)
  })

  it('does not bring back somebody who left in the meantime', async () => {
    const { clock, send, stored } = openReceiver()
    const enter = sign(ENTER)
    await send(enter)
    await send(sign(LEAVE))
    clock.now += 60_000
    expect(await send({ ...enter, headers: { ...enter.headers, ...OTHER_KEYS } })).toMatchObject({
      status: 200,
    })
    expect(stored('profiles')).toEqual([JOINED, LEFT])
  })

  it('writes nothing new for as long as its signature is valid', async () => {
    const { clock, send, stored } = openReceiver()
    // The sender's clock is half a minute ahead, so the request is accepted for as long as possible.
    const enter = sign(ENTER, START + 30_000)
    await send(enter)
    await send(sign(LEAVE))
    const lastAcceptedAt = START + 270_000
    clock.now = lastAcceptedAt
    expect(await send(enter)).toMatchObject({ status: 200 })
    clock.now = lastAcceptedAt + 1
    expect(await send(enter)).toMatchObject({ status: 401 })
    expect(stored('profiles')).toEqual([JOINED, LEFT])
  })

  it('writes only what is missing when the sender repeats it after a 503, in the order of its rows', async () => {
    const { clock, send, stored, acceptOnly } = openReceiver()
    const visits = [1, 2, 3].map((inc) => ({ external_id: 'u-1', visits: { inc } }))
    const signed = sign(JSON.stringify([...visits, { external_id: 'u-1', event_name: 'n' }]))
    let room = 1
    acceptOnly((queue) => queue === 'profiles' && room-- > 0)
    expect(await send(signed)).toMatchObject({ status: 503 })
    expect([stored('profiles').length, stored('events').length]).toEqual([1, 0])
    acceptOnly(() => true)
    clock.now += 10_000
    expect(await send(signed)).toMatchObject({ status: 200 })
    expect(stored('profiles')).toMatchObject([1, 2, 3].map((inc) => ({ attributes: { visits: { inc } } })))
    expect(stored('events')).toHaveLength(1)
  })
})

test('all the time for which a signature is valid fits into the five minutes of SQS', () => {
  expect(CLOCK_AHEAD_SECONDS + MAX_TOLERANCE_SECONDS + HTTP_TIMEOUT_SECONDS).toBeLessThanOrEqual(300)
})

describe('a sender who signs a repetition again', () => {
  const INCREMENT = '[{"external_id":"u-1","visits":{"inc":1}}]'

  it('writes nothing new by Standard Webhooks, because the id stays', async () => {
    const { clock, send, stored } = openReceiver()
    await send(byWebhook(INCREMENT, START, 'msg_1'))
    clock.now += 60_000
    await send(byWebhook(INCREMENT, clock.now, 'msg_1'))
    expect(stored('profiles')).toHaveLength(1)
  })

  it('writes an increment again by hmac, but no event with a time of its own', async () => {
    const { clock, send, stored } = openReceiver()
    const event = '{"external_id":"u-1","event_name":"n","time":"2026-01-05T09:00:00Z"}'
    const rows = `[{"external_id":"u-1","visits":{"inc":1}},${event}]`
    await send(byHmac(rows))
    clock.now += 60_000
    await send(byHmac(rows, clock.now))
    expect([stored('profiles').length, stored('events').length]).toEqual([2, 1])
  })

  it('writes a second join after a leave, as it is one', async () => {
    for (const sign of [byHmac, (rows: string, at: number) => byWebhook(rows, at, `msg_${at}`)]) {
      const { clock, send, stored } = openReceiver()
      for (const rows of [ENTER, LEAVE, ENTER]) {
        await send(sign(rows, clock.now))
        clock.now += 1_000
      }
      expect(stored('profiles')).toEqual([JOINED, LEFT, JOINED])
    }
  })
})

test('without a time in the signature, the third of join, leave, join is kept', async () => {
  const { send, stored } = openReceiver()
  for (const rows of [ENTER, LEAVE, ENTER])
    await send({
      ...timeless(rows),
      headers: { ...timeless(rows).headers, 'idempotency-key': 'fixture-fixed' },
    })
  expect(stored('profiles')).toEqual([JOINED, LEFT, JOINED])
})

describe('the limits that are documented', () => {
  test('two equal bodies that hmac signs in the same second are one request', async () => {
    const { send, stored } = openReceiver()
    for (const rows of [ENTER, LEAVE, ENTER]) await send(byHmac(rows))
    expect(stored('profiles')).toEqual([JOINED, LEFT])
  })

  test('a repetition that was signed again can be written once more after the five minutes of the first', async () => {
    const { clock, send, stored } = openReceiver()
    await send(byWebhook(ENTER, START, 'msg_1'))
    clock.now = START + 200_000
    const repeated = byWebhook(ENTER, clock.now, 'msg_1')
    await send(repeated)
    expect(stored('profiles')).toEqual([JOINED])
    clock.now = START + 301_000
    await send(repeated)
    clock.now = START + 440_000
    await send(repeated)
    expect(stored('profiles')).toEqual([JOINED, JOINED])
  })
})
