import { gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ReceiverDeps } from '../../../functions/receiver/receive.ts'
import { personHash } from '../../../functions/shared/person-hash.ts'
import { ask, TOKEN } from './ask.ts'

/** Filters out counts of zero, which are not published. */
const isSomething = (counted: unknown) => Array.isArray(counted) && counted[1] !== 0

const NAMED: Partial<ReceiverDeps> = {
  namePeople: async () => (person) => personHash('fixture-log-key-of-the-hash-tests-1', person),
}

it.each([
  ['GET', '', { method: 'GET' }],
  ['an empty body', '', {}],
  ['an empty object', '{}', {}],
  ['an empty list', '[]', {}],
])('a test of the connection by %s is answered 200, and nothing is sent', async (_, body, changes) => {
  expect(await ask(body, changes)).toMatchObject({ status: 200, json: { received: 0 }, sent: [] })
})

it('a test of the connection by HEAD is answered without a body', async () => {
  expect(await ask('', { method: 'HEAD' })).toMatchObject({ status: 200, body: '' })
})

it.each([
  ['before anything else, without a token', '{', { headers: {}, path: '/nowhere', method: 'PUT' }, 401],
  ['at a path that is none', '{', { path: '/nowhere', method: 'PUT' }, 404],
  ['for a connection that is none', '{', { path: '/v1/crm/events' }, 401],
  ['with another method', '{', { method: 'PUT' }, 405],
  ['in an unknown encoding', '{', { headers: { 'x-api-key': TOKEN, 'content-encoding': 'br' } }, 415],
  ['that is not JSON', '{', {}, 400],
  ['without rows', '7', {}, 400],
  ['without a usable row', '[{"a":1}]', {}, 422],
])('a request %s is refused', async (_, body, changes, expected) => {
  const { status, headers, json } = await ask(body, changes)
  expect([status, headers['content-type']]).toEqual([expected, 'application/problem+json'])
  expect(json).toMatchObject({ status: expected, requestId: 'request-1' })
  expect(json.type).toMatch(/^urn:actioniq-braze-bridge:problem:/)
})

it('a request without a usable row is refused, and its rows are parked all the same', async () => {
  const { parked } = await ask('[{"a":1}]')
  expect(parked).toMatchObject([{ endpoint: 'records', rows: [{ index: 0, row: { a: 1 } }] }])
})

it('answers 503 when SQS does not take everything, so that the sender comes again', async () => {
  const { status, headers, counts } = await ask(
    '[{"external_id":"u-1","a":1},{"a":1}]',
    {},
    {
      sendBatch: async (batch) => batch.filter(({ queueUrl }) => queueUrl === 'profiles-dlq'),
    },
  )
  expect(status).toBe(503)
  expect(headers['retry-after']).toBe('10')
  expect(counts).toEqual([['RequestsUnavailable', 1]])
})

it('parks a row whose identifier header is longer than a message, beside a row that is taken', async () => {
  const rows = [{ external_id: 'u-1', a: 1 }, { [`external_id${'_'.repeat(1_100_000)}`]: 'u-2' }]
  const { status, sent, profiles, parked } = await ask(JSON.stringify(rows))
  expect([status, profiles.length]).toEqual([200, 1])
  expect(parked.map((deadLetter) => deadLetter.rows)).toEqual([
    [{ index: 1, row: { external_id: 'u-2' }, omittedBytes: 1_100_021 }],
  ])
  for (const { body } of sent) expect(body.length).toBeLessThanOrEqual(200_000)
})

it('takes all or none of the rows that must be stored one after the other', async () => {
  const increments = (count: number) =>
    ask(JSON.stringify(Array.from({ length: count }, () => ({ external_id: 'u-1', visits: { inc: 1 } }))))
  expect(await increments(300)).toMatchObject({ status: 200, sent: { length: 300 } })
  expect(await increments(301)).toMatchObject({
    status: 413,
    json: { type: 'urn:actioniq-braze-bridge:problem:too-many-rounds' },
    sent: [],
  })
})

it('takes audience, split and operation from the URL', async () => {
  const { profiles } = await ask('[{"external_id":"u-1"}]', {
    query: { audience_id: '1042', split_id: '2', op: 'leave' },
  })
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
      '[{"external_id":"fixture-u-1","run_id":"889","AIQ_1042_2":true},{"a":1,"run_id":889},{"b":1,"run_id":"890"},7,{"external_id":"fixture-u-2","event":""}]',
      {},
      NAMED,
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
    const people = async (count: number, changes = {}) =>
      (await ask(rows(count), {}, { ...NAMED, ...changes })).lines[0]?.fields
    expect(await people(10)).toMatchObject({ accepted: 10, people: ['0c909c5224ad4491'] })
    expect(await people(11)).not.toHaveProperty('people')
    expect(await people(1, { namePeople: async () => undefined })).not.toHaveProperty('people')
    let now = 0
    expect(await people(1, { now: () => (now += 6_000) })).not.toHaveProperty('people')
  })

  it('is a refusal where the token is wrong, and never the path that was tried', async () => {
    const { lines, counts } = await ask('', { headers: {}, path: '/fixture-path' })
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
    const { json, profiles, sent } = await ask(rows(5_000, 'x'.repeat(200)))
    expect(json).toMatchObject({ received: 5_000, accepted: 5_000, profiles: 5_000 })
    expect(new Set(profiles.map(({ external_id }) => external_id)).size).toBe(5_000)
    expect(new Set(sent.map(({ group }) => group)).size).toBe(16)
    expect(Math.max(...sent.map(({ body }) => body.length))).toBeLessThanOrEqual(200_000)
  })

  it('one that is compressed', async () => {
    const { json } = await ask(gzipSync(rows(20_000, 'x'.repeat(500))))
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
        const { json, profiles, events, parked } = await ask(JSON.stringify(sentRows), { path })
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
