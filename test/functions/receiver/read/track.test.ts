import { describe, expect, it, test } from 'vitest'
import { rowReader } from '../../../../functions/receiver/columns.ts'
import { readTrackObject } from '../../../../functions/receiver/read/track.ts'
import { type ReceiverDeps, receive } from '../../../../functions/receiver/receive.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import type { BridgeRequest } from '../../../../functions/shared/http-request.ts'
import type { OutgoingMessage } from '../../../../functions/shared/queue.edge.ts'
import { CONNECTION, ids, SETTINGS } from '../settings-fixture.ts'

const TOKEN = 'fixture-token-current'

function createHarness({ takes = true } = {}) {
  const sent: OutgoingMessage[] = []
  const lines: object[] = []
  const line = (_message: string, fields: object = {}) => void lines.push(fields)
  const deps: ReceiverDeps = {
    readSecret: () => async () => ({ token: TOKEN }),
    sendBatch: async (batch) => {
      if (!takes) return batch
      sent.push(...batch)
      return []
    },
    now: () => Date.parse('2026-01-05T10:00:00Z'),
    newId: ids(),
    pause: async () => undefined,
    log: { info: line, warn: line, error: line },
    count: () => undefined,
    namePeople: async () => undefined,
    settings: SETTINGS,
  }
  const post = async (body: unknown, changes: Partial<BridgeRequest> = {}) => {
    const {
      status,
      headers,
      body: answer,
    } = await receive(
      {
        id: 'request-1',
        method: 'POST',
        path: '/users/track',
        headers: { authorization: `Bearer ${TOKEN}` },
        query: {},
        body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
        sourceIp: '192.0.2.1',
        ...changes,
      },
      deps,
    )
    return { status, headers, body: JSON.parse(answer) }
  }
  const records = (queue: string) =>
    sent.filter(({ queueUrl }) => queueUrl === queue).flatMap(({ body }) => JSON.parse(body).records ?? [])
  return { sent, lines, post, records }
}

const EVENT = { external_id: 'fixture-u1', name: 'fixture-e', time: '2026-01-05T09:00:00Z' }
const PURCHASE = {
  external_id: 'fixture-u1',
  product_id: 'fixture-sku',
  currency: 'EUR',
  price: 9.5,
  time: '2026-01-05T09:00:00+01:00',
}

describe("Braze's own body", () => {
  it('is answered as Braze answers, and queued object by object', async () => {
    const harness = createHarness()
    const { status, body } = await harness.post({
      attributes: [
        { external_id: 'fixture-u1', tier: 'fixture-gold', email: 'fixture@example.com' },
        { braze_id: 'fixture-b1', visits: { inc: 1 }, _update_existing_only: true },
      ],
      events: [{ ...EVENT, app_id: 'fixture-app', properties: { sku: 'fixture-1' } }],
      purchases: [{ ...PURCHASE, quantity: 2 }],
    })
    expect({ status, body }).toEqual({
      status: 201,
      body: { message: 'success', attributes_processed: 2, events_processed: 1, purchases_processed: 1 },
    })
    expect(harness.records('profiles')).toEqual(
      expect.arrayContaining([
        {
          type: 'profile',
          external_id: 'fixture-u1',
          attributes: { tier: 'fixture-gold', email: 'fixture@example.com' },
        },
        {
          type: 'profile',
          braze_id: 'fixture-b1',
          attributes: { visits: { inc: 1 }, _update_existing_only: true },
        },
      ]),
    )
    expect(harness.records('profiles')).toHaveLength(2)
    expect(harness.records('events')).toEqual([
      {
        type: 'event',
        external_id: 'fixture-u1',
        name: 'fixture-e',
        time: '2026-01-05T09:00:00Z',
        properties: { sku: 'fixture-1' },
        fields: { app_id: 'fixture-app' },
      },
      {
        type: 'purchase',
        external_id: 'fixture-u1',
        product_id: 'fixture-sku',
        currency: 'EUR',
        price: 9.5,
        quantity: 2,
        time: '2026-01-05T08:00:00Z',
      },
    ])
  })

  it('has its bad objects told by array and index, and parked; the good ones go on', async () => {
    const harness = createHarness()
    const { status, body } = await harness.post({
      attributes: [{ external_id: 'fixture-u1', tier: 1 }, { tier: 2 }],
      events: [{ ...EVENT, time: 'yesterday' }, EVENT],
    })
    expect({ status, body }).toEqual({
      status: 201,
      body: {
        message: 'success',
        attributes_processed: 1,
        events_processed: 1,
        errors: [
          {
            type: 'The row names no person: it has no external id and no Braze id, or they are empty.',
            input_array: 'attributes',
            index: 1,
          },
          { type: 'The time can not be read. (time)', input_array: 'events', index: 0 },
        ],
      },
    })
    const deadLetters = harness.sent
      .filter(({ queueUrl }) => queueUrl.endsWith('-dlq'))
      .map(({ body }) => JSON.parse(body))
    expect(deadLetters.map(({ endpoint, failure, rows }) => [endpoint, failure.code, rows[0].row])).toEqual([
      ['users/track', 'IDENTIFIER_MISSING', { array: 'attributes', object: { tier: 2 } }],
      ['users/track', 'TIME_UNREADABLE', { array: 'events', object: { ...EVENT, time: 'yesterday' } }],
    ])
  })

  it('is a 400 when all of it is bad, and nothing reaches a source queue', async () => {
    const harness = createHarness()
    const { status, body } = await harness.post({ attributes: [{ tier: 2 }] })
    expect(status).toBe(400)
    expect(body.errors).toEqual([expect.objectContaining({ input_array: 'attributes', index: 0 })])
    expect(harness.records('profiles')).toEqual([])
    expect(harness.sent).toHaveLength(1)
  })

  it.each([
    [
      'no list at all',
      {},
      "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.",
    ],
    [
      'a list of rows',
      [EVENT],
      "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields.",
    ],
    ['an array that is none', { events: EVENT }, 'events must be an array'],
    ['no JSON', '{"events":', 'The body is not valid JSON'],
  ])('is a 400 where there is %s', async (_, sent, message) => {
    const harness = createHarness()
    const { status, body } = await harness.post(sent)
    expect({ status, message: body.message }).toEqual({ status: 400, message })
    expect(harness.sent).toEqual([])
  })

  it('needs the token of the connection, and says so as Braze does', async () => {
    const harness = createHarness()
    const { status, body } = await harness.post(
      { events: [EVENT] },
      { headers: { authorization: 'Bearer fixture-wrong' } },
    )
    expect(status).toBe(401)
    expect(typeof body.message).toBe('string')
    expect(harness.sent).toEqual([])
  })

  it('asks for the whole request again while SQS takes nothing', async () => {
    const { status, headers } = await createHarness({ takes: false }).post({ events: [EVENT] })
    expect({ status, retryAfter: headers['retry-after'] }).toEqual({ status: 503, retryAfter: '10' })
  })

  it('is told in the log by its path, and by nothing that was sent', async () => {
    const harness = createHarness()
    await harness.post({ events: [EVENT] })
    expect(harness.lines).toEqual([
      expect.objectContaining({ endpoint: 'users/track', connection: 'default', status: 201, accepted: 1 }),
    ])
    expect(JSON.stringify(harness.lines)).not.toContain('fixture-')
  })

  it('keeps the same deduplication id for a repetition of an event with a time of day', async () => {
    const harness = createHarness()
    await harness.post({ events: [EVENT] })
    await harness.post({ events: [EVENT] })
    expect(new Set(harness.sent.map(({ dedupId }) => dedupId)).size).toBe(1)
  })
})

const profile = (object: object) =>
  readTrackObject({ array: 'attributes', object: object as never }, rowReader(CONNECTION))

test.each([
  [{ external_id: 'fixture-u1' }, { external_id: 'fixture-u1' }],
  [
    { user_alias: { alias_name: 'fixture-a', alias_label: 'fixture-l' } },
    { user_alias: { alias_name: 'fixture-a', alias_label: 'fixture-l' } },
  ],
  [{ email: 'fixture@example.com' }, { email: 'fixture@example.com' }],
  [{ phone: 'fixture-phone', external_id: null }, { phone: 'fixture-phone' }],
])('%o names a person', (ids, user) => {
  expect(profile({ ...ids, a: 1 })).toMatchObject({ user, record: { ...user, attributes: { a: 1 } } })
})

test.each([
  [{ external_id: 'fixture-u1', braze_id: 'fixture-b1' }, 'IDENTIFIER_SEVERAL'],
  [{ external_id: 7 }, 'IDENTIFIER_UNREADABLE'],
  [{ user_alias: { alias_name: 'fixture-a' } }, 'IDENTIFIER_UNREADABLE'],
  [{ email: '' }, 'IDENTIFIER_UNREADABLE'],
  [{ external_id: null }, 'IDENTIFIER_MISSING'],
])('%o names nobody', (ids, refused) => {
  expect(profile({ ...ids, a: 1 })).toMatchObject({ code: refused })
})

test('an email beside a primary identifier is an attribute', () => {
  expect(profile({ external_id: 'fixture-u1', email: 'fixture@example.com' })).toMatchObject({
    record: { external_id: 'fixture-u1', attributes: { email: 'fixture@example.com' } },
  })
})

test.each([
  ['attributes', { external_id: 'fixture-u1' }, 'ROW_EMPTY'],
  ['events', { ...EVENT, name: '' }, 'EVENT_NAME_MISSING'],
  ['events', { ...EVENT, time: undefined }, 'TIME_UNREADABLE'],
  ['events', { ...EVENT, time: 1_767_607_200 }, 'TIME_UNREADABLE'],
  ['events', { ...EVENT, properties: [1] }, 'PROPERTIES_NOT_OBJECT'],
  ['purchases', { ...PURCHASE, price: '9.5' }, 'PURCHASE_UNREADABLE'],
  ['purchases', { ...PURCHASE, currency: 'EURO' }, 'PURCHASE_UNREADABLE'],
  ['purchases', { ...PURCHASE, quantity: 0 }, 'PURCHASE_UNREADABLE'],
] as const)('of %s, %o is refused', (array, object, refused) => {
  expect(readTrackObject({ array, object: object as never }, rowReader(CONNECTION))).toMatchObject({
    code: refused,
  })
})

test('a connection that creates nobody says so on each object', () => {
  const { default: connection } = Connections.parse({ default: { updateExistingOnly: true } })
  expect(readTrackObject({ array: 'events', object: EVENT }, rowReader(connection))).toMatchObject({
    record: { fields: { _update_existing_only: true } },
  })
})

describe('a name that appears twice with two values', () => {
  it.each([
    ['an identifier', '{"attributes":[{"external_id":"fixture-u1","external_id":"fixture-u2","tier":"x"}]}'],
    ['an attribute', '{"attributes":[{"external_id":"fixture-u1","tier":"x","tier":"y"}]}'],
    ['a name within a value', '{"attributes":[{"external_id":"fixture-u1","car":{"a":1,"a":2}}]}'],
    [
      'the name of an alias',
      '{"attributes":[{"user_alias":{"alias_name":"fixture-a","alias_label":"fixture-l","alias_name":"fixture-b"},"a":1}]}',
    ],
    [
      "an event's name",
      '{"events":[{"external_id":"fixture-u1","name":"a","name":"b","time":"2026-01-05T10:00:00Z"}]}',
    ],
  ])('rejects the object: %s', async (_, body) => {
    const harness = createHarness()
    const answer = await harness.post(body)
    expect(answer.status).toBe(400)
    expect(answer.body.message).toMatch(
      /^The same name stands there twice with different values\.( \(\w+\))?$/,
    )
    expect(harness.sent.map(({ attributes }) => attributes?.code)).toEqual(['COLUMN_TWICE'])
  })

  it('rejects the body where a list does, because it is not clear which one is meant', async () => {
    const harness = createHarness()
    const answer = await harness.post(
      '{"attributes":[{"external_id":"fixture-u1","a":1}],"attributes":[{"external_id":"fixture-u2","a":1}]}',
    )
    expect(answer.status).toBe(400)
    expect(harness.sent).toEqual([])
  })
})
