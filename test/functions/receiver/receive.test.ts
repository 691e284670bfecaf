import { readFile } from 'node:fs/promises'
import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ReceiverDeps, receive } from '../../../functions/receiver/receive.ts'
import type { BridgeRequest } from '../../../functions/shared/http-request.ts'
import { Message } from '../../../functions/shared/message.ts'
import { personHash } from '../../../functions/shared/person-hash.ts'
import type { OutgoingMessage } from '../../../functions/shared/queue.edge.ts'
import { RawDeadLetter } from '../../../functions/shared/raw-dead-letter.ts'
import { ids, SETTINGS } from './settings-fixture.ts'

const TOKEN = 'fixture-token-5f3a90b1'

/** In-memory dependencies that record what SQS took, what was logged and what was counted. */
function world(changes: Partial<ReceiverDeps> = {}) {
  const sent: OutgoingMessage[] = []
  const lines: { level: string; message: string; fields: unknown }[] = []
  const counts: unknown[] = []
  const line = (level: string) => (message: string, fields: unknown) => lines.push({ level, message, fields })
  const deps: ReceiverDeps = {
    readSecret: () => async () => ({ token: TOKEN }),
    sendBatch: async (batch) => {
      sent.push(...batch)
      return []
    },
    now: () => Date.parse('2026-01-05T10:00:00Z'),
    newId: ids(),
    pause: async () => undefined,
    log: { info: line('info'), warn: line('warn'), error: line('error') },
    count: (...counted) => void counts.push(counted),
    namePeople: async () => (person) => personHash('fixture-log-key-of-the-hash-tests-1', person),
    settings: SETTINGS,
    ...changes,
  }
  return { sent, lines, counts, deps }
}

const post = (body: string | Buffer, changes: Partial<BridgeRequest> = {}): BridgeRequest => ({
  id: 'request-1',
  sourceIp: '192.0.2.1',
  method: 'POST',
  path: '/v1/records',
  headers: { 'x-api-key': TOKEN },
  query: {},
  body: Buffer.from(body),
  ...changes,
})

/** Filters out counts of zero, which are not published. */
const isSomething = (counted: unknown) => Array.isArray(counted) && counted[1] !== 0

async function ask(request: BridgeRequest, changes: Partial<ReceiverDeps> = {}) {
  const { sent, lines, counts, deps } = world(changes)
  const { status, headers, body } = await receive(request, deps)
  const of = (queueUrl: string) =>
    sent.filter((message) => message.queueUrl === queueUrl).map((message) => JSON.parse(message.body))
  return {
    status,
    headers,
    body,
    json: body === '' ? undefined : JSON.parse(body),
    sent,
    lines,
    counts,
    profiles: of('profiles').flatMap((message) => Message.parse(message).records),
    events: of('events').flatMap((message) => Message.parse(message).records),
    parked: [...of('profiles-dlq'), ...of('events-dlq')].map((deadLetter) => RawDeadLetter.parse(deadLetter)),
  }
}

describe('the sample files', () => {
  const sample = (name: string) => readFile(new URL(`../../fixtures/${name}`, import.meta.url))

  it('activation.json becomes these records', async () => {
    const { json, profiles, parked } = await ask(
      post(await sample('activation.json'), { path: '/v1/activations' }),
    )
    expect(json).toEqual({
      requestId: 'request-1',
      received: 5,
      accepted: 5,
      rejected: 0,
      profiles: 5,
      events: 0,
      errors: [],
    })
    expect(parked).toEqual([])
    const run = { run_id: '889', source_time: '2026-11-20T06:00:00Z' }
    const of1042 = (member: boolean) => ({ audience_id: '1042', split_id: '2', member })
    expect(profiles).toHaveLength(5)
    expect(profiles).toEqual(
      expect.arrayContaining([
        {
          type: 'profile',
          external_id: 'cust-0001',
          memberships: [of1042(true)],
          attributes: { loyalty_tier: 'gold', lifetime_value: 1840.5 },
          ...run,
        },
        {
          type: 'profile',
          external_id: 'cust-0002',
          memberships: [of1042(true)],
          attributes: { loyalty_tier: 'silver' },
          ...run,
        },
        {
          type: 'profile',
          braze_id: '5fbd99bac125ca40511f2cb2',
          memberships: [of1042(true)],
          attributes: { favourite_store: 'Lyon Part-Dieu' },
          ...run,
        },
        { type: 'profile', external_id: 'cust-0004', memberships: [of1042(false)], ...run },
        {
          type: 'profile',
          external_id: 'cust-0005',
          memberships: [
            of1042(true),
            { audience_id: '1043', split_id: '1', member: true },
            { audience_id: '1044', split_id: '1', member: false },
          ],
          ...run,
        },
      ]),
    )
  })

  it('mixed-bad.json: four rows are taken, three are parked with their reasons', async () => {
    const { status, json, profiles, events, parked } = await ask(post(await sample('mixed-bad.json')))
    expect(status).toBe(200)
    expect(json).toMatchObject({ received: 7, accepted: 4, rejected: 3, profiles: 3, events: 1 })
    expect(json.errors.map(({ index, code }: { index: number; code: string }) => [index, code])).toEqual([
      [1, 'IDENTIFIER_MISSING'],
      [2, 'MEMBERSHIP_CONFLICT'],
      [3, 'EVENT_NAME_MISSING'],
    ])
    expect(profiles).toEqual(
      expect.arrayContaining([
        {
          type: 'profile',
          external_id: 'cust-0010',
          memberships: [{ audience_id: '1042', split_id: '2', member: true }],
        },
        {
          type: 'profile',
          external_id: 'cust-0013',
          memberships: [{ audience_id: '1042', split_id: '2', member: false }],
        },
        { type: 'profile', external_id: 'cust-0015', attributes: { loyalty_tier: null } },
      ]),
    )
    expect(events).toEqual([
      { type: 'event', external_id: 'cust-0014', name: 'signed_up', time: '2026-11-20T10:00:00Z' },
    ])
    expect(parked.map(({ failure, rows }) => [failure.code, rows])).toEqual([
      ['IDENTIFIER_MISSING', [{ index: 1, row: { audience_id: '1042', split_id: '2', op: 'enter' } }]],
      [
        'MEMBERSHIP_CONFLICT',
        [
          {
            index: 2,
            row: {
              external_id: 'cust-0011',
              audience_id: '1042',
              split_id: '2',
              op: 'enter',
              AIQ_1042_2: false,
            },
          },
        ],
      ],
      [
        'EVENT_NAME_MISSING',
        [{ index: 3, row: { external_id: 'cust-0012', event_name: '', time: '2026-11-20T10:00:00Z' } }],
      ],
    ])
  })

  it('events.ndjson, as a list, becomes these records', async () => {
    const lines = (await sample('events.ndjson')).toString().trim().split('\n')
    const { events } = await ask(post(`[${lines.join(',')}]`, { path: '/v1/events' }))
    expect(events).toHaveLength(3)
    expect(events).toEqual(
      expect.arrayContaining([
        {
          type: 'event',
          external_id: 'cust-0001',
          name: 'cart_abandoned',
          time: '2026-11-20T10:00:00Z',
          event_id: 'e-1',
          properties: { sku: 'A1', value: 59.9, items: 2 },
        },
        {
          type: 'event',
          external_id: 'cust-0001',
          name: 'store_visit',
          time: '2025-11-20T10:00:05Z',
          event_id: 'e-2',
          properties: { store: 'Paris, Rivoli', loyalty_tier: 'gold' },
        },
        {
          type: 'event',
          braze_id: '5fbd99bac125ca40511f2cb2',
          name: 'price_drop_seen',
          time: '2026-11-20T09:00:09.250Z',
          event_id: 'e-3',
          properties: { sku: 'B7', time: 'evening' },
        },
      ]),
    )
  })
})

describe('a test of the connection', () => {
  it.each([
    ['GET', post('', { method: 'GET' })],
    ['an empty body', post('')],
    ['an empty object', post('{}')],
    ['an empty list', post('[]')],
  ])('by %s is answered 200, and nothing is sent', async (_, request) => {
    const { status, json, sent } = await ask(request)
    expect([status, json.received, sent]).toEqual([200, 0, []])
  })

  it('by HEAD is answered without a body', async () => {
    const { status, body } = await ask(post('', { method: 'HEAD' }))
    expect([status, body]).toEqual([200, ''])
  })
})

describe('a request is refused', () => {
  it.each([
    [
      'before anything else, without a token',
      post('{', { headers: {}, path: '/nowhere', method: 'PUT' }),
      401,
    ],
    ['at a path that is none', post('{', { path: '/nowhere', method: 'PUT' }), 404],
    ['for a connection that is none', post('{', { path: '/v1/crm/events' }), 404],
    ['with another method', post('{', { method: 'PUT' }), 405],
    [
      'in an encoding that is not read',
      post('{', { headers: { 'x-api-key': TOKEN, 'content-encoding': 'br' } }),
      415,
    ],
    ['that is not JSON', post('{'), 400],
    ['without rows', post('7'), 400],
    ['without a usable row', post('[{"a":1}]'), 422],
  ])('%s', async (_, request, expected) => {
    const { status, headers, json } = await ask(request)
    expect(status).toBe(expected)
    expect(headers['content-type']).toBe('application/problem+json')
    expect(json).toMatchObject({ status: expected, requestId: 'request-1' })
    expect(json.type).toMatch(/^urn:actioniq-braze-bridge:problem:/)
  })

  it('without a usable row, and its rows are parked all the same', async () => {
    const { parked } = await ask(post('[{"a":1}]'))
    expect(parked).toMatchObject([{ endpoint: 'records', rows: [{ index: 0, row: { a: 1 } }] }])
  })
})

it('answers 503 when SQS does not take everything, so that the sender comes again', async () => {
  const { status, headers, counts } = await ask(post('[{"external_id":"u-1","a":1},{"a":1}]'), {
    sendBatch: async (batch) => batch.filter(({ queueUrl }) => queueUrl === 'profiles-dlq'),
  })
  expect(status).toBe(503)
  expect(headers['retry-after']).toBe('10')
  expect(counts).toEqual([['RequestsUnavailable', 1]])
})

it('parks a row whose identifier header is longer than a message, beside a row that is taken', async () => {
  const rows = [{ external_id: 'u-1', a: 1 }, { [`external_id${'_'.repeat(1_100_000)}`]: 'u-2' }]
  const { status, sent, profiles, parked } = await ask(post(JSON.stringify(rows)))
  expect([status, profiles.length]).toEqual([200, 1])
  expect(parked.map((deadLetter) => deadLetter.rows)).toEqual([
    [{ index: 1, row: { external_id: 'u-2' }, omittedBytes: 1_100_021 }],
  ])
  for (const { body } of sent) expect(body.length).toBeLessThanOrEqual(200_000)
})

it('takes all or none of the rows that must be stored one after the other', async () => {
  const increments = (count: number) =>
    post(JSON.stringify(Array.from({ length: count }, () => ({ external_id: 'u-1', visits: { inc: 1 } }))))
  expect(await ask(increments(300))).toMatchObject({ status: 200, sent: { length: 300 } })
  expect(await ask(increments(301))).toMatchObject({
    status: 413,
    json: { type: 'urn:actioniq-braze-bridge:problem:too-many-rounds' },
    sent: [],
  })
})

it('takes audience, split and operation from the URL', async () => {
  const { profiles } = await ask(
    post('[{"external_id":"u-1"}]', { query: { audience_id: '1042', split_id: '2', op: 'leave' } }),
  )
  expect(profiles).toEqual([
    {
      type: 'profile',
      external_id: 'u-1',
      memberships: [{ audience_id: '1042', split_id: '2', member: false }],
    },
  ])
})

describe('what is told of a request', () => {
  it('is a line, a line for each reason and each run, and counts', async () => {
    const { lines, counts } = await ask(
      post(
        '[{"external_id":"fixture-u-1","run_id":"889","AIQ_1042_2":true},{"a":1,"run_id":889},{"b":1,"run_id":"890"},7,{"external_id":"fixture-u-2","event":""}]',
      ),
    )
    expect(lines).toEqual([
      {
        level: 'info',
        message: 'request',
        fields: {
          requestId: 'request-1',
          endpoint: 'records',
          connection: 'default',
          status: 200,
          received: 5,
          accepted: 1,
          rejected: 4,
          codes: { IDENTIFIER_MISSING: 2, ROW_NOT_OBJECT: 1, EVENT_NAME_MISSING: 1 },
          people: ['0c909c5224ad4491'],
          ms: 0,
        },
      },
      ...[
        { code: 'IDENTIFIER_MISSING', kind: 'profiles', rows: 2 },
        { code: 'ROW_NOT_OBJECT', kind: 'profiles', rows: 1 },
        { code: 'EVENT_NAME_MISSING', kind: 'events', rows: 1 },
      ].map((parked) => ({
        level: 'info',
        message: 'parked',
        fields: { connection: 'default', requestId: 'request-1', ...parked },
      })),
      ...[
        { kind: 'profiles', run: '889', accepted: 1, parked: 1 },
        { kind: 'profiles', run: '890', accepted: 0, parked: 1 },
        { kind: 'profiles', run: '-', accepted: 0, parked: 1 },
      ].map((progress) => ({
        level: 'info',
        message: 'run progress',
        fields: { stage: 'accepted', connection: 'default', ...progress },
      })),
      {
        level: 'info',
        message: 'audience progress',
        fields: {
          stage: 'accepted',
          connection: 'default',
          kind: 'profiles',
          run: '889',
          audience: '1042_2',
          accepted: 1,
        },
      },
    ])
    expect(counts.filter(isSomething)).toEqual([
      ['RowsAccepted', 1, { connection: 'default', kind: 'profiles' }],
      ['RowsParked', 3, { connection: 'default', kind: 'profiles' }],
      ['RowsParked', 1, { connection: 'default', kind: 'events' }],
      ['Parked', 2, { code: 'IDENTIFIER_MISSING' }],
      ['Parked', 1, { code: 'ROW_NOT_OBJECT' }],
      ['Parked', 1, { code: 'EVENT_NAME_MISSING' }],
    ])
  })

  it('names people where there are at most ten rows and the request was quick', async () => {
    const rows = (count: number) =>
      JSON.stringify(Array.from({ length: count }, () => ({ external_id: 'fixture-u-1', a: 1 })))
    const people = async (count: number, changes: Partial<ReceiverDeps> = {}) =>
      (await ask(post(rows(count)), changes)).lines[0]?.fields
    expect(await people(10)).toMatchObject({ accepted: 10, people: ['0c909c5224ad4491'] })
    expect(await people(11)).not.toHaveProperty('people')
    expect(await people(1, { namePeople: async () => undefined })).not.toHaveProperty('people')
    let now = 0
    expect(await people(1, { now: () => (now += 6_000) })).not.toHaveProperty('people')
  })

  it('is a refusal where the token is wrong, and never the path that was tried', async () => {
    const { lines, counts } = await ask(post('', { headers: {}, path: '/fixture-path' }))
    expect(lines[0]?.fields).toEqual({
      requestId: 'request-1',
      status: 401,
      problem: 'no-token',
      received: 0,
      accepted: 0,
      rejected: 0,
      ms: 0,
    })
    expect(counts).toContainEqual(['RequestsRefused', 1])
  })
})

describe('large requests', () => {
  const rows = (count: number, value: string) =>
    JSON.stringify(
      Array.from({ length: count }, (_, i) => ({
        external_id: `fixture-person-${i}`,
        audience_id: '1042',
        value,
      })),
    )

  it('5,000 rows stand in messages of at most 200,000 bytes, each user in one lane', async () => {
    const { json, profiles, sent } = await ask(post(rows(5_000, 'x'.repeat(200))))
    expect(json).toMatchObject({ received: 5_000, accepted: 5_000, profiles: 5_000 })
    expect(new Set(profiles.map(({ external_id }) => external_id)).size).toBe(5_000)
    expect(new Set(sent.map(({ group }) => group)).size).toBe(16)
    expect(Math.max(...sent.map(({ body }) => body.length))).toBeLessThanOrEqual(200_000)
  })

  it('a body of 6 MB', async () => {
    const body = rows(3_000, 'x'.repeat(1_940))
    expect(body.length).toBeGreaterThan(6_000_000)
    const { json, profiles } = await ask(post(body))
    expect(json).toMatchObject({ accepted: 3_000 })
    expect(profiles).toHaveLength(3_000)
  })

  it('one that is compressed', async () => {
    const { json } = await ask(post(gzipSync(rows(20_000, 'x'.repeat(500)))))
    expect(json).toMatchObject({ accepted: 20_000 })
  })
})

it('every row is in a queue or parked, once, whatever it holds', async () => {
  const names = [
    'external_id',
    'braze_id',
    'audience_id',
    'op',
    'AIQ_1_2',
    'time',
    'event',
    'properties',
    'a',
  ]
  const cell = fc.oneof(
    fc.constantFrom('u-1', 'enter', 'leave', '', '1767571200', 'true'),
    fc.jsonValue({ maxDepth: 2 }),
  )
  const row = fc.oneof(fc.dictionary(fc.constantFrom(...names), cell), fc.jsonValue({ maxDepth: 2 }))
  await fc.assert(
    fc.asyncProperty(
      fc.array(row),
      fc.constantFrom('/v1/activations', '/v1/events', '/v1/records'),
      async (sentRows, path) => {
        const { json, profiles, events, parked } = await ask(post(JSON.stringify(sentRows), { path }))
        const refused = parked.flatMap((deadLetter) => deadLetter.rows)
        expect(profiles.length + events.length + refused.length).toBe(sentRows.length)
        expect(json).toMatchObject({
          received: sentRows.length,
          accepted: profiles.length + events.length,
          rejected: refused.length,
        })
        for (const { index, row: parkedRow } of refused)
          expect(JSON.stringify(parkedRow)).toBe(JSON.stringify(sentRows[index]))
      },
    ),
    { numRuns: 300 },
  )
})
