import { describe, expect, test } from 'vitest'
import { Connections } from '../../../../functions/shared/connection.ts'
import type { BridgeRequest } from '../../../../functions/shared/http-request.ts'
import { MAX_CAPTURE_BYTES } from '../../../../functions/shared/limits.ts'
import { ask as askReceiver, TOKEN } from '../ask.ts'
import { SETTINGS } from '../settings-fixture.ts'

const connections = Connections.parse({ trial: { mode: 'capture' } })

const ask = (
  body: string,
  { headers, ...changes }: Partial<BridgeRequest> = {},
  deps: Parameters<typeof askReceiver>[2] = {},
) =>
  askReceiver(
    body,
    {
      path: '/v1/trial/records',
      ...changes,
      headers: { 'x-api-key': TOKEN, 'content-type': 'application/json', ...headers },
    },
    { settings: { ...SETTINGS, connections }, ...deps },
  )

const ROWS = `[
  {"external_id":"fixture-p1","audience_id":"1042","split_id":"2","tier":"fixture-tier-7731"},
  {"tier":"fixture-tier-7732"},
  {"external_id":"fixture-p3","event_name":"Seen","time":"2026-01-05T10:00:00Z","page":"fixture-page-\u00e9"}
]`

describe('a connection in capture mode', () => {
  test('leads to one capture and to nothing else, and says so', async () => {
    const { status, json, queues, sent, captures } = await ask(ROWS)
    expect([status, queues]).toEqual([200, ['captures']])
    expect(json).toMatchObject({
      received: 3,
      accepted: 2,
      rejected: 1,
      captured: true,
      message: expect.stringContaining('nothing was sent to Braze'),
    })
    expect(sent[0]).toMatchObject({ unordered: true, attributes: { connection: 'trial' } })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern has to cover all of ASCII
    expect(sent[0]?.body).toMatch(/^[\x00-\x7f]*$/)
    expect(captures).toMatchObject([
      {
        v: 1,
        connection: 'trial',
        requestId: 'request-1',
        receivedAt: '2026-01-05T10:00:00.000Z',
        method: 'POST',
        endpoint: 'records',
        format: { contentType: 'application/json', bytes: 236 },
        reading: {
          received: 3,
          accepted: 2,
          rejected: 1,
          refusals: [{ code: 'IDENTIFIER_MISSING', rows: 1, columns: [] }],
          identifiers: { external_id: 2 },
          memberships: [{ flag: 'AIQ_1042_2', enters: 1, leaves: 0 }],
          attributeWrites: 2,
          events: 1,
        },
        moreRows: 0,
      },
    ])
    expect(captures[0]?.rows).toEqual([
      {
        index: 0,
        row: { external_id: 'fixture-p1', audience_id: '1042', split_id: '2', tier: 'fixture-tier-7731' },
        record: {
          type: 'profile',
          external_id: 'fixture-p1',
          memberships: [{ audience_id: '1042', split_id: '2', member: true }],
          attributes: { tier: 'fixture-tier-7731' },
        },
      },
      { index: 1, row: { tier: 'fixture-tier-7732' }, code: 'IDENTIFIER_MISSING' },
      {
        index: 2,
        row: {
          external_id: 'fixture-p3',
          event_name: 'Seen',
          time: '2026-01-05T10:00:00Z',
          page: 'fixture-page-\u00e9',
        },
        record: {
          type: 'event',
          external_id: 'fixture-p3',
          name: 'Seen',
          time: '2026-01-05T10:00:00Z',
          properties: { page: 'fixture-page-\u00e9' },
        },
      },
    ])
  })

  test('keeps values out of the reading, the answer and the log', async () => {
    const { captures, json, lines, counts } = await ask(ROWS, {
      headers: { 'x-note': 'fixture-header', authorization: 'fixture-authorization' },
    })
    const [{ rows, ...rest } = { rows: [] }] = captures
    expect(rows).toHaveLength(3)
    expect(JSON.stringify([rest, json, lines])).not.toContain('fixture-')
    expect(JSON.stringify(captures)).not.toMatch(/fixture-(header|authorization|token)/)
    expect(lines).toMatchObject([{ message: 'request', fields: { connection: 'trial', captured: true } }])
    expect(counts).toEqual([
      ['RowsCaptured', 2, { connection: 'trial', kind: 'profiles' }],
      ['RowsCaptured', 1, { connection: 'trial', kind: 'events' }],
    ])
  })

  test('leaves another connection of the same stack alone', async () => {
    const { queues, json } = await ask('{"external_id":"fixture-p1","tier":"fixture-tier"}', {
      path: '/v1/records',
    })
    expect([queues, json.captured]).toEqual([['profiles'], undefined])
  })

  test('answers Braze’s own body as Braze does', async () => {
    const body = '{"attributes":[{"external_id":"fixture-p1","tier":"fixture-tier"},{}]}'
    const { status, json, queues, captures } = await ask(body, { path: '/v1/trial/users/track' })
    expect([status, json.attributes_processed, queues]).toEqual([201, 1, ['captures']])
    expect(captures[0]).toMatchObject({ endpoint: 'users/track', reading: { accepted: 1, rejected: 1 } })
    expect(captures[0]?.rows[0]?.row).toEqual({
      array: 'attributes',
      object: { external_id: 'fixture-p1', tier: 'fixture-tier' },
    })
  })

  test('says of rows that are all refused that none is parked', async () => {
    const { status, json, queues } = await ask('[{"tier":"fixture-tier"}]')
    expect([status, json.captured, queues]).toEqual([422, true, ['captures']])
    expect(json.detail).toContain('Nothing is in the dead-letter queue')
  })

  test.each([
    ['a body that can’t be read', '{"fixture-', {}, 400, 'not-json', 'records'],
    ['a method that does nothing', '', { method: 'PUT' }, 405, 'method-not-allowed', 'records'],
    [
      'more rows than can be stored one after the other',
      `{"attributes":[${Array.from({ length: 301 }, () => '{"external_id":"fixture-p1","n":{"inc":1}}').join()}]}`,
      { path: '/v1/trial/users/track' },
      413,
      'too-many-rounds',
      'users/track',
    ],
  ])('captures %s with its problem', async (_, body, changes, status, problem, endpoint) => {
    const asked = await ask(body, changes)
    expect([asked.status, asked.queues]).toEqual([status, ['captures']])
    expect(asked.captures).toMatchObject([{ endpoint, problem: { problem, status }, rows: [] }])
    expect(asked.captures[0]).not.toHaveProperty('reading')
    expect(JSON.stringify([asked.captures, asked.lines])).not.toContain('fixture-')
    expect(asked.lines).toMatchObject([{ fields: { problem, captured: true } }])
  })

  test('shows of a header no more than what it begins with', async () => {
    const { captures } = await ask('[]', {
      headers: { 'content-type': 'x'.repeat(300), 'content-encoding': 'gzip' },
    })
    expect(captures[0]?.format).toEqual({ contentType: 'x'.repeat(100), contentEncoding: 'gzip', bytes: 2 })
  })

  test('captures a test of the connection', async () => {
    const { status, captures } = await ask('', { method: 'GET' })
    expect([status, captures]).toMatchObject([200, [{ method: 'GET', reading: { received: 0 } }]])
  })

  test('captures nothing of who does not prove who they are', async () => {
    const { status, queues } = await ask(ROWS, { headers: { 'x-api-key': 'fixture-wrong-token' } })
    expect([status, queues]).toEqual([401, []])
  })

  test.each([ROWS, '{'])('answers 503 where SQS does not take the capture of %j', async (body) => {
    const { status, json } = await ask(body, {}, { sendBatch: async (batch) => batch })
    expect([status, json.type]).toEqual([503, 'urn:actioniq-braze-bridge:problem:queue-unavailable'])
  })
})

test('keeps as many rows as a message takes, and says how many it left out', async () => {
  const row = (n: number) => `{"external_id":"fixture-p${n}","text":"${'\u00e9'.repeat(9_000)}"}`
  const { sent, captures } = await ask(`[${Array.from({ length: 40 }, (_, n) => row(n)).join()}]`)
  expect(sent[0]?.body.length).toBeLessThanOrEqual(MAX_CAPTURE_BYTES)
  expect(captures[0]).toMatchObject({ reading: { received: 40 }, moreRows: 32 })
  expect(captures[0]?.rows.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
})
