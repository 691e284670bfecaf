import { describe, expect, it, test } from 'vitest'
import { rowReader } from '../../../../functions/receiver/columns.ts'
import { readTrackObject } from '../../../../functions/receiver/read/track.ts'
import { isRowError } from '../../../../functions/receiver/row-errors.ts'
import { Connections } from '../../../../functions/shared/connection.ts'
import type { BridgeRequest } from '../../../../functions/shared/http-request.ts'
import { readMessage, writeMessage } from '../../../../functions/shared/message.ts'
import type { TrackArray } from '../../../../functions/shared/record.ts'
import { map } from '../../../../functions/worker/map/map.ts'
import { ask as askReceiver, TOKEN } from '../ask.ts'
import { CONNECTION } from '../settings-fixture.ts'

const ask = (body: object | string, changes: Partial<BridgeRequest> = {}, deps = {}) =>
  askReceiver(
    typeof body === 'string' ? body : JSON.stringify(body),
    { path: '/users/track', headers: { authorization: `Bearer ${TOKEN}` }, ...changes },
    deps,
  )

const EVENT = { external_id: 'fixture-u1', name: 'fixture-e', time: '2026-01-05T09:00:00Z' }
const PURCHASE = {
  external_id: 'fixture-u1',
  product_id: 'fixture-sku',
  currency: 'EUR',
  price: 9.5,
  time: '2026-01-05T09:00:00+01:00',
}

const ENVELOPE = {
  v: 1,
  id: 'm-1',
  connection: 'default',
  receivedAt: '2026-01-05T10:00:00Z',
  requestId: 'r-1',
} as const

describe("Braze's own body", () => {
  it('is answered as Braze answers, and queued object by object', async () => {
    const { status, json, profiles, events } = await ask({
      attributes: [
        { external_id: 'fixture-u1', tier: 'fixture-gold', email: 'fixture@example.com' },
        { braze_id: 'fixture-b1', visits: { inc: 1 }, _update_existing_only: true },
      ],
      events: [{ ...EVENT, app_id: 'fixture-app', properties: { sku: 'fixture-1' } }],
      purchases: [{ ...PURCHASE, quantity: 2 }],
    })
    const processed = { attributes_processed: 2, events_processed: 1, purchases_processed: 1 }
    expect([status, json]).toEqual([201, { message: 'success', ...processed }])
    const [plain, relative] = [
      { external_id: 'fixture-u1', attributes: { tier: 'fixture-gold', email: 'fixture@example.com' } },
      { braze_id: 'fixture-b1', attributes: { visits: { inc: 1 }, _update_existing_only: true } },
    ]
    expect(profiles).toHaveLength(2)
    expect(profiles).toEqual(
      expect.arrayContaining([
        { type: 'profile', ...plain },
        { type: 'profile', ...relative },
      ]),
    )
    expect(events).toEqual([
      { type: 'event', ...EVENT, properties: { sku: 'fixture-1' }, fields: { app_id: 'fixture-app' } },
      { type: 'purchase', ...PURCHASE, quantity: 2, time: '2026-01-05T08:00:00Z' },
    ])
  })

  it('has its bad objects told by array and index, and parked; the good ones go on', async () => {
    const badTime = { ...EVENT, time: 'yesterday' }
    const { status, json, parked } = await ask({
      attributes: [{ external_id: 'fixture-u1', tier: 1 }, { tier: 2 }],
      events: [badTime, EVENT],
    })
    const nobody = 'The row names no person: it has no external id and no Braze id, or both are empty.'
    expect([status, json]).toEqual([
      201,
      {
        message: 'success',
        attributes_processed: 1,
        events_processed: 1,
        errors: [
          { type: nobody, input_array: 'attributes', index: 1 },
          { type: 'The time cannot be read. (time)', input_array: 'events', index: 0 },
        ],
      },
    ])
    expect(parked.map(({ endpoint, failure, rows }) => [endpoint, failure.code, rows[0]?.row])).toEqual([
      ['users/track', 'IDENTIFIER_MISSING', { array: 'attributes', object: { tier: 2 } }],
      ['users/track', 'TIME_UNREADABLE', { array: 'events', object: badTime }],
    ])
  })

  it('is a 400 when all of it is bad, and nothing reaches a source queue', async () => {
    const { status, json, queues } = await ask({ attributes: [{ tier: 2 }] })
    expect([status, queues]).toEqual([400, ['profiles-dlq']])
    expect(json.errors).toEqual([expect.objectContaining({ input_array: 'attributes', index: 0 })])
  })

  const NO_ARRAY = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
  it.each([
    ['no list at all', {}, NO_ARRAY],
    ['a list of rows', [EVENT], NO_ARRAY],
    ['an array that is none', { events: EVENT }, 'events must be an array'],
    ['no JSON', '{"events":', 'The body is not valid JSON'],
    ['an array twice', '{"events":[{"external_id":"a"}],"events":[{"external_id":"b"}]}', expect.any(String)],
  ])('is a 400 where there is %s', async (_, body, message) => {
    expect(await ask(body)).toMatchObject({ status: 400, json: { message }, sent: [] })
  })

  it('needs the token of the connection, and says so as Braze does', async () => {
    const answer = await ask({ events: [EVENT] }, { headers: { authorization: 'Bearer fixture-wrong' } })
    expect(answer).toMatchObject({ status: 401, json: { message: expect.any(String) }, sent: [] })
  })

  it('asks for the whole request again while SQS takes nothing', async () => {
    const sendBatch = async (batch: unknown) => batch
    expect(await ask({ events: [EVENT] }, {}, { sendBatch })).toMatchObject({
      status: 503,
      headers: { 'retry-after': '10' },
    })
  })

  it('is told in the log by its path, and by nothing that was sent', async () => {
    const { lines } = await ask({ events: [EVENT] })
    const fields = { endpoint: 'users/track', connection: 'default', status: 201, accepted: 1 }
    expect(lines).toEqual([expect.objectContaining({ fields: expect.objectContaining(fields) })])
    expect(JSON.stringify(lines)).not.toContain('fixture-')
  })

  it('keeps the same deduplication id for a repetition of an event with a time of day', async () => {
    const [{ sent }, again] = [await ask({ events: [EVENT] }), await ask({ events: [EVENT] })]
    expect(sent[0]?.dedupId).toMatch(/^[0-9a-f]{64}$/)
    expect(again.sent[0]?.dedupId).toBe(sent[0]?.dedupId)
  })

  it.each([
    ['an identifier', '{"attributes":[{"external_id":"fixture-u1","external_id":"fixture-u2","tier":"x"}]}'],
    ['an attribute', '{"attributes":[{"external_id":"fixture-u1","tier":"x","tier":"y"}]}'],
    ['a name within a value', '{"attributes":[{"external_id":"fixture-u1","car":{"a":1,"a":2}}]}'],
    [
      'the name of an alias',
      '{"attributes":[{"user_alias":{"alias_name":"a","alias_label":"l","alias_name":"b"},"a":1}]}',
    ],
    [
      "an event's name",
      '{"events":[{"external_id":"fixture-u1","name":"a","name":"b","time":"2026-01-05T10:00:00Z"}]}',
    ],
  ])('is refused by object where %s occurs twice with two values', async (_, body) => {
    const { status, json, parked } = await ask(body)
    expect([status, parked.map(({ failure }) => failure.code)]).toEqual([400, ['COLUMN_TWICE']])
    expect(json.message).toMatch(/^The same name occurs twice with different values\.( \(\w+\))?$/)
  })
})

const read = (array: TrackArray, object: object) =>
  readTrackObject({ array, object: object as never }, rowReader(CONNECTION))
const PUSH_TOKENS = {
  push_token_import: true,
  push_tokens: [{ app_id: 'fixture-app', token: 'fixture-t1', device_id: 'fixture-d1' }],
}
const ALIAS = { user_alias: { alias_name: 'fixture-a', alias_label: 'fixture-l' } }

test.each([
  [{ external_id: 'fixture-u1' }, { external_id: 'fixture-u1' }],
  [ALIAS, ALIAS],
  [{ email: 'fixture@example.com' }, { email: 'fixture@example.com' }],
  [{ phone: 'fixture-phone', external_id: null }, { phone: 'fixture-phone' }],
])('%o names a person', (ids, user) => {
  expect(read('attributes', { ...ids, a: 1 })).toMatchObject({
    user,
    record: { ...user, attributes: { a: 1 } },
  })
})

test.each([
  [{ external_id: 4711 }, { external_id: '4711' }],
  [{ external_id: JSON.rawJSON('12345678901234567890') }, { external_id: '12345678901234567890' }],
  [{ braze_id: 0 }, { braze_id: '0' }],
  [
    { user_alias: { alias_name: 4711, alias_label: 7 } },
    { user_alias: { alias_name: '4711', alias_label: '7' } },
  ],
])('%o is the id with the digits of its number, as at Braze', (ids, user) => {
  expect(read('attributes', { ...ids, a: 1 })).toMatchObject({
    user,
    record: { ...user, attributes: { a: 1 } },
  })
})

test('a product may be a whole number', () => {
  expect(read('purchases', { ...PURCHASE, product_id: 1 })).toMatchObject({ record: { product_id: '1' } })
})

test('an identifier alone is an object, as at Braze', () => {
  expect(read('attributes', { external_id: 'fixture-u1' })).toMatchObject({
    record: { type: 'profile', external_id: 'fixture-u1' },
    json: '{"type":"profile","external_id":"fixture-u1"}',
  })
})

test('a time may have a colon before its milliseconds, as Braze documents it', () => {
  expect(read('events', { ...EVENT, time: '2026-01-05T09:00:00:250+0100' })).toMatchObject({
    record: { time: '2026-01-05T08:00:00.250Z' },
  })
})

test('push tokens of an anonymous user reach Braze unchanged, alone and once', () => {
  const accepted = read('attributes', { ...PUSH_TOKENS, external_id: null, country: 'US' })
  if (isRowError(accepted)) throw new Error(accepted.code)
  const message = readMessage(writeMessage(ENVELOPE, [accepted.json]))
  if (message.kind !== 'message') throw new Error(message.kind)
  expect(message.message.records.map((record) => map(record, ENVELOPE.receivedAt))).toEqual([
    {
      array: 'attributes',
      user: 't:fixture-t1',
      safe: false,
      object: {
        push_token_import: true,
        push_tokens: [{ app_id: 'fixture-app', token: 'fixture-t1', device_id: 'fixture-d1' }],
        country: 'US',
      },
    },
  ])
})

test('an email beside a primary identifier is an attribute', () => {
  expect(read('attributes', { external_id: 'fixture-u1', email: 'fixture@example.com' })).toMatchObject({
    record: { external_id: 'fixture-u1', attributes: { email: 'fixture@example.com' } },
  })
})

test.each([
  ['attributes', { external_id: 'fixture-u1', braze_id: 'fixture-b1', a: 1 }, 'IDENTIFIER_SEVERAL'],
  ['attributes', { external_id: 7.5, a: 1 }, 'IDENTIFIER_UNREADABLE'],
  ['attributes', { external_id: true, a: 1 }, 'IDENTIFIER_UNREADABLE'],
  ['attributes', { user_alias: { alias_name: 'fixture-a' }, a: 1 }, 'IDENTIFIER_UNREADABLE'],
  ['attributes', { email: '', a: 1 }, 'IDENTIFIER_UNREADABLE'],
  ['attributes', { external_id: null, a: 1 }, 'IDENTIFIER_MISSING'],
  ['attributes', { push_token_import: true }, 'IDENTIFIER_MISSING'],
  ['attributes', { push_token_import: true, push_tokens: [] }, 'IDENTIFIER_MISSING'],
  ['attributes', { push_token_import: true, push_tokens: [{ app_id: 'a' }] }, 'IDENTIFIER_MISSING'],
  ['attributes', { push_tokens: [{ app_id: 'a', token: 't' }] }, 'IDENTIFIER_MISSING'],
  ['events', { ...EVENT, external_id: null, ...PUSH_TOKENS }, 'IDENTIFIER_MISSING'],
  ['events', { ...EVENT, name: '' }, 'EVENT_NAME_MISSING'],
  ['events', { ...EVENT, time: undefined }, 'TIME_UNREADABLE'],
  ['events', { ...EVENT, time: 1_767_607_200 }, 'TIME_UNREADABLE'],
  ['events', { ...EVENT, properties: [1] }, 'PROPERTIES_NOT_OBJECT'],
  ['purchases', { ...PURCHASE, price: '9.5' }, 'PURCHASE_UNREADABLE'],
  ['purchases', { ...PURCHASE, product_id: 7.5 }, 'PURCHASE_UNREADABLE'],
  ['purchases', { ...PURCHASE, currency: 'EURO' }, 'PURCHASE_UNREADABLE'],
  ['purchases', { ...PURCHASE, quantity: 0 }, 'PURCHASE_UNREADABLE'],
] as const)('of %s, %o is refused', (array, object, code) => {
  expect(read(array, object)).toMatchObject({ code })
})

test('a connection that creates nobody says so on each object', () => {
  const { default: connection } = Connections.parse({ default: { updateExistingOnly: true } })
  expect(readTrackObject({ array: 'events', object: EVENT }, rowReader(connection))).toMatchObject({
    record: { fields: { _update_existing_only: true } },
  })
})
