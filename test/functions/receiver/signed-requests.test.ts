import { createHmac } from 'node:crypto'
import { describe, expect, it, test } from 'vitest'
import { createSqsQueue } from '../../../bin/proof/sqs-queue.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import type { BridgeRequest } from '../../../functions/shared/http-request.ts'
import {
  CLOCK_AHEAD_SECONDS,
  HTTP_TIMEOUT_SECONDS,
  MAX_TOLERANCE_SECONDS,
} from '../../../functions/shared/limits.ts'
import type { SendBatch } from '../../../functions/shared/queue.edge.ts'
import { ask } from './ask.ts'
import { SETTINGS } from './settings-fixture.ts'

/** Base64, so that it can be the key of both kinds of signature. */
const TOKEN = 'Zml4dHVyZS10b2tlbi1vZi1zaWduZWQtcmVxdWVzdHM='
const START = Date.parse('2026-01-05T10:00:00Z')

const HMAC = { kind: 'hmac', header: 'x-signature', timestampHeader: 'x-time' }
const WEBHOOKS = { kind: 'standard-webhooks' }
const connections = Connections.parse({
  hmac: { authentication: [HMAC], signedEndpoint: 'records' },
  timeless: { authentication: [{ kind: 'hmac', header: 'x-signature' }], signedEndpoint: 'records' },
  hook: { authentication: [WEBHOOKS], signedEndpoint: 'records' },
  actions: { authentication: [WEBHOOKS], signedEndpoint: 'events' },
  either: { authentication: [{ kind: 'bearer' }, HMAC], signedEndpoint: 'records' },
})
const settings = { ...SETTINGS, connections }

type Signed = Pick<BridgeRequest, 'path' | 'headers' | 'body'>

const secondsAt = (ms: number) => String(Math.floor(ms / 1_000))

function byHmac(rows: string, signedAt = START, connection = 'hmac'): Signed {
  const time = secondsAt(signedAt)
  return {
    path: `/v1/${connection}/records`,
    headers: {
      'x-time': time,
      'x-signature': createHmac('sha256', TOKEN).update(`${time}.${rows}`).digest('hex'),
    },
    body: Buffer.from(rows),
  }
}

const timeless = (rows: string): Signed => ({
  path: '/v1/timeless/records',
  headers: { 'x-signature': createHmac('sha256', TOKEN).update(rows).digest('hex') },
  body: Buffer.from(rows),
})

function byWebhook(rows: string, signedAt = START, id = `msg_${rows.length}`): Signed {
  const time = secondsAt(signedAt)
  const hmac = createHmac('sha256', Buffer.from(TOKEN, 'base64')).update(`${id}.${time}.${rows}`)
  return {
    path: '/v1/hook/records',
    headers: {
      'webhook-id': id,
      'webhook-timestamp': time,
      'webhook-signature': `v1,${hmac.digest('base64')}`,
    },
    body: Buffer.from(rows),
  }
}

/** A receiver in front of queues that recognise repetitions as SQS does. `clock` holds the time. */
function openReceiver() {
  const clock = { now: START }
  const queues = new Map(
    ['profiles', 'events', 'profiles-dlq', 'events-dlq'].map((url) => [
      url,
      createSqsQueue({ now: () => clock.now }),
    ]),
  )
  let accepts = (_queueUrl: string) => true
  const sendBatch: SendBatch = async (batch) =>
    batch.filter((message) => {
      if (!accepts(message.queueUrl)) return true
      const [result] = queues.get(message.queueUrl)?.send([message]) ?? []
      return !result?.taken
    })
  let made = 0
  return {
    clock,
    /** Decides which messages SQS accepts from now on. */
    acceptOnly: (decide: (queueUrl: string) => boolean) => {
      accepts = decide
    },
    send: async (request: Signed, changes: Partial<BridgeRequest> = {}) =>
      ask(
        '',
        { ...request, ...changes },
        {
          readSecret: () => async () => ({ token: TOKEN }),
          sendBatch,
          now: () => clock.now,
          newId: () => `new-id-${++made}`,
          settings,
        },
      ),
    /** The records in a queue, in the order in which they were stored. */
    stored: (url: string): object[] =>
      (queues.get(url)?.list() ?? []).flatMap(({ body }) => {
        const { records, rows } = JSON.parse(body)
        return records ?? rows
      }),
  }
}

const membership = (member: boolean) => ({
  type: 'profile',
  external_id: 'u-1',
  memberships: [{ audience_id: '7', split_id: '0', member }],
})
const ENTER = '[{"external_id":"u-1","audience_id":"7"}]'
const LEAVE = '[{"external_id":"u-1","audience_id":"7","op":"leave"}]'
const [JOINED, LEFT] = [membership(true), membership(false)]

const SIGNATURES = [
  ['hmac', byHmac],
  ['standard-webhooks', byWebhook],
] as const

describe.each([...SIGNATURES, ['hmac without a time', timeless] as const])(
  'a request that is signed by %s',
  (_, sign) => {
    it.each([
      'audience_id',
      'AIQ_SegmentID',
      'split_id',
      'op',
      'run_id',
      'external_id',
      'export_ts',
      'AIQ_7_2',
    ])('must not have %s in its URL', async (name) => {
      const { send, stored } = openReceiver()
      const { status, json } = await send(sign(ENTER), { query: { [name]: '8' } })
      expect([status, json.type]).toEqual([400, 'urn:actioniq-braze-bridge:problem:parameter-not-signed'])
      expect(json.detail).toContain(`"${name}" could be changed by others. Put it into the body`)
      expect(stored('profiles')).toEqual([])
    })

    it('may have a parameter in its URL that has no meaning', async () => {
      const { send, stored } = openReceiver()
      expect(await send(sign(ENTER), { query: { utm_source: 'x' } })).toMatchObject({
        status: 200,
        json: { ignoredFields: ['utm_source'] },
      })
      expect(stored('profiles')).toEqual([JOINED])
    })

    it.each([
      ['activations', ENTER, '/records only'],
      ['events', '[{"external_id":"u-1","name":"n"}]', '/records only'],
      [
        'users/track',
        '{"events":[{"external_id":"u-1","name":"n"}]}',
        'This path does not accept signed requests',
      ],
    ])('is not accepted at another endpoint: %s', async (endpoint, rows, says) => {
      const { send, stored } = openReceiver()
      const request = sign(rows)
      const { status, body } = await send(request, { path: request.path.replace('records', endpoint) })
      expect(status).toBe(400)
      expect(body).toContain(says)
      expect(['profiles', 'events', 'profiles-dlq', 'events-dlq'].flatMap(stored)).toEqual([])
    })

    it('tells of both in a test of the connection', async () => {
      const { send } = openReceiver()
      const test = { method: 'GET' }
      expect(await send(sign(''), test)).toMatchObject({ status: 200 })
      expect(
        await send(sign(''), { ...test, path: sign('').path.replace('records', 'events') }),
      ).toMatchObject({
        status: 400,
      })
      expect(await send(sign(''), { ...test, query: { op: 'leave' } })).toMatchObject({ status: 400 })
    })

    it('is read in the same way whatever its unsigned headers say', async () => {
      const rows = 'tier,external_id\ngold,u-1'
      const signed = sign(rows)
      for (const header of [
        {},
        { 'content-type': 'application/json' },
        { 'content-type': 'application/x-www-form-urlencoded; charset=utf-16' },
        { 'content-encoding': 'gzip' },
        { 'content-encoding': 'deflate' },
      ]) {
        const { send, stored } = openReceiver()
        await send(signed, { headers: { ...signed.headers, ...header } })
        expect(stored('profiles')).toEqual([
          { type: 'profile', external_id: 'u-1', attributes: { tier: 'gold' } },
        ])
      }
    })
  },
)

test('the parameters of the URL stay open to who shows a token, also where signatures are accepted', async () => {
  const rows = '[{"external_id":"u-1"}]'
  const query = { audience_id: '7' }
  const { send, stored } = openReceiver()
  const signed = byHmac(rows, START, 'either')
  expect(await send(signed, { query })).toMatchObject({ status: 400 })
  const token = { authorization: `Bearer ${TOKEN}` }
  expect(await send({ ...signed, headers: token }, { query })).toMatchObject({ status: 200 })
  expect(await send({ ...signed, headers: { ...signed.headers, ...token } }, { query })).toMatchObject({
    status: 200,
  })
  expect(stored('profiles')).toEqual([JOINED, JOINED])
})

test('a wrong token beside a signature opens nothing', async () => {
  const { send } = openReceiver()
  const signed = byHmac('[{"external_id":"u-1"}]', START, 'either')
  const headers = { ...signed.headers, authorization: 'Bearer fixture-wrong' }
  expect(await send({ ...signed, headers }, { query: { audience_id: '7' } })).toMatchObject({ status: 400 })
})

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

test('events have an endpoint of their own', async () => {
  const { send, stored } = openReceiver()
  const request = byWebhook('[{"external_id":"u-1","name":"n"}]')
  expect(await send(request, { path: '/v1/actions/events' })).toMatchObject({ status: 200 })
  expect(stored('events')).toHaveLength(1)
})
