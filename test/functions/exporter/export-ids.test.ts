import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { type ExporterDeps, exportIds } from '../../../functions/exporter/export-ids.ts'
import type { BrazeAnswer, BrazeCall } from '../../../functions/shared/braze.edge.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import type { BridgeRequest } from '../../../functions/shared/http-request.ts'
import type { Credentials, NoCredentials } from '../../../functions/shared/secrets.ts'

const KEY = { apiKey: 'fixture-key-1', restEndpoint: 'https://rest.iad-01.braze.com' }
const NEXT_KEY = { ...KEY, apiKey: 'fixture-key-2' }
const FOUND: BrazeAnswer = {
  kind: 'answer',
  status: 201,
  headers: { 'content-type': 'application/json', 'x-ratelimit-remaining': '249', 'set-cookie': 'fixture' },
  body: '{"message":"success","users":[]}',
}
const REFUSED: BrazeAnswer = {
  kind: 'answer',
  status: 401,
  headers: {},
  body: '{"message":"Invalid API key"}',
}

function createHarness(answers: BrazeAnswer[] = [FOUND], keys: (Credentials | NoCredentials)[] = [KEY]) {
  const calls: (BrazeCall & { apiKey: string })[] = []
  const lines: object[] = []
  const counted: unknown[] = []
  const line = (_message: string, fields: object = {}) => void lines.push(fields)
  const deps: ExporterDeps = {
    readSecret: (connection) => async () => ({ token: `fixture-token-of-${connection}` }),
    credentials: async ({ fresh }) => {
      if (fresh && keys.length > 1) keys.shift()
      return keys[0] ?? { missing: 'BRAZE_SECRET_UNREADABLE' }
    },
    callBraze: async ({ apiKey }, call) => {
      calls.push({ apiKey, ...call })
      return answers.shift() ?? { kind: 'no answer', cause: 'network' }
    },
    connections: Connections.parse({
      default: { exports: ['email', 'custom_attributes'] },
      crm: { exports: ['email'] },
      trial: { exports: ['email'], mode: 'capture' },
      shop: {
        authentication: [{ kind: 'hmac', header: 'x-signature' }, { kind: 'bearer' }],
        signedEndpoint: 'activations',
        exports: ['email'],
      },
      writer: {},
    }),
    now: () => 0,
    log: { info: line, warn: line, error: line },
    count: (...metric) => void counted.push(metric),
    namePeople: async () => (identifier) => `hash of ${Object.keys(identifier)}`,
  }
  const ask = (changes: Partial<BridgeRequest> = {}) =>
    exportIds(
      {
        id: 'request-1',
        method: 'POST',
        path: '/users/export/ids',
        headers: { authorization: 'Bearer fixture-token-of-default' },
        query: {},
        body: Buffer.from('{"external_ids":["fixture-u1"]}'),
        sourceIp: '192.0.2.1',
        ...changes,
      },
      deps,
    )
  return { ask, calls, lines, counted }
}

test('the request goes to Braze under our key, and its answer comes back without foreign headers', async () => {
  const { ask, calls } = createHarness()
  expect(await ask()).toEqual({
    status: 201,
    headers: {
      'content-type': 'application/json',
      'x-ratelimit-remaining': '249',
      'cache-control': 'no-store',
    },
    body: '{"message":"success","users":[]}',
  })
  expect(calls).toEqual([
    {
      apiKey: 'fixture-key-1',
      path: '/users/export/ids',
      body: '{"external_ids":["fixture-u1"],"fields_to_export":["email","custom_attributes"]}',
      timeoutMs: 12_000,
      maxAnswerBytes: 5_000_000,
    },
  ])
})

test.each([
  ['no token', {}, 401],
  ['another token', { authorization: 'Bearer fixture-wrong' }, 401],
  ['the token of another connection', { authorization: 'Bearer fixture-token-of-crm' }, 401],
])('nobody gets to Braze with %s', async (_, headers, status) => {
  const { ask, calls } = createHarness()
  expect(await ask({ headers })).toMatchObject({ status })
  expect(calls).toEqual([])
})

test('a connection has a path of its own', async () => {
  const { ask } = createHarness()
  const headers = { authorization: 'Bearer fixture-token-of-crm' }
  expect(await ask({ path: '/v1/crm/users/export/ids', headers })).toMatchObject({ status: 201 })
})

test('a connection that is not set up is answered like a wrong token, which names the likely mistake', async () => {
  const { ask, calls } = createHarness()
  const wrong = await ask({ headers: { authorization: 'Bearer fixture-wrong' } })
  expect(JSON.parse(wrong.body).message).toContain('check the name of the connection in the URL')
  expect(await ask({ path: '/v1/other/users/export/ids' })).toEqual(wrong)
  const none = await ask({ path: '/v1/other/users/export/ids', headers: { 'x-api-token': 'fixture' } })
  expect(none.status).toBe(401)
  expect(JSON.parse(none.body).message).toContain('check the name of the connection in the URL')
  expect(calls).toEqual([])
})

test('a signed request asks nothing, because it could have been recorded at another path', async () => {
  const { ask, calls } = createHarness()
  // Made with `printf %s <body> | openssl dgst -sha256 -hmac fixture-token-of-shop`.
  const headers = { 'x-signature': '28d0198453bc3284e2a2d20470b4cf2f8f3834e8d94b7d731a3e93abc4ef8ad2' }
  expect(await ask({ path: '/v1/shop/users/export/ids', headers })).toMatchObject({ status: 401 })
  expect(calls).toEqual([])
})

test('no other path asks anything, not even with the token of the default connection', async () => {
  const { ask, calls } = createHarness()
  expect(await ask({ path: '/users/export' })).toMatchObject({ status: 404 })
  expect(calls).toEqual([])
})

test('only a POST asks anything', async () => {
  expect(await createHarness().ask({ method: 'GET' })).toMatchObject({
    status: 405,
    headers: { allow: 'POST' },
  })
})

test('a key that was rotated a moment ago is read again', async () => {
  const { ask, calls } = createHarness([REFUSED, FOUND], [KEY, NEXT_KEY])
  expect(await ask()).toMatchObject({ status: 201 })
  expect(calls.map(({ apiKey }) => apiKey)).toEqual(['fixture-key-1', 'fixture-key-2'])
})

test.each([
  ['a key that Braze refuses is not the sender’s 401', [REFUSED, REFUSED], [KEY], 502],
  [
    'an answer that is too large is said to be',
    [{ ...FOUND, body: '', isTooLarge: true as const }],
    [KEY],
    502,
  ],
  [
    'an answer that Lambda would not return is said to be too large',
    [{ ...FOUND, body: '"'.repeat(3_000_001) }],
    [KEY],
    502,
  ],
  ['no answer is a time-out', [], [KEY], 504],
  ['a placeholder is no key', [], [{ missing: 'BRAZE_SECRET_PLACEHOLDER' } as const], 503],
])('%s', async (_, answers, keys, status) => {
  expect(await createHarness(answers, keys).ask()).toMatchObject({ status })
})

test('the log shows who asked for how many profiles, and nothing that was asked or found', async () => {
  const { ask, lines } = createHarness()
  await ask()
  expect(lines).toEqual([
    {
      requestId: 'request-1',
      connection: 'default',
      status: 201,
      profiles: 1,
      fields: 2,
      people: ['hash of external_id'],
      ms: 0,
    },
  ])
})

test('requests are counted, and those that are refused or can not be taken', async () => {
  const { ask, counted } = createHarness([FOUND], [KEY])
  await ask()
  await ask({ headers: {} })
  expect(counted).toEqual([
    ['ExportRequests', 1, { connection: 'default' }],
    ['ProfilesRequested', 1, { connection: 'default' }],
    ['ExportRequests', 1, { connection: 'default' }],
    ['RequestsRefused', 1],
  ])
  const keyless = createHarness([], [{ missing: 'BRAZE_SECRET_PLACEHOLDER' }])
  await keyless.ask()
  expect(keyless.counted).toEqual([
    ['ExportRequests', 1, { connection: 'default' }],
    ['ProfilesRequested', 1, { connection: 'default' }],
    ['RequestsUnavailable', 1],
  ])
})

describe('what may be read', () => {
  const askFor = async (body: object, path = '/users/export/ids', name = 'default') => {
    const harness = createHarness()
    const { status, body: answer } = await harness.ask({
      path,
      headers: { authorization: `Bearer fixture-token-of-${name}` },
      body: Buffer.from(JSON.stringify(body)),
    })
    return { status, answer, asked: harness.calls.map((call) => JSON.parse(call.body)), ...harness }
  }

  test.each([
    ['fields beyond the allowed ones are left out', { fields_to_export: ['email', 'phone'] }, ['email']],
    ['a request that lists no fields gets the allowed ones', {}, ['email', 'custom_attributes']],
  ])('%s', async (_, fields, allowed) => {
    const { asked } = await askFor({ external_ids: ['fixture-u1'], ...fields })
    expect(asked).toEqual([{ external_ids: ['fixture-u1'], fields_to_export: allowed }])
  })

  test.each([
    ['none of the allowed fields', { external_ids: ['fixture-u1'], fields_to_export: ['phone'] }, 403],
    ['no fields at all', { external_ids: ['fixture-u1'], fields_to_export: [] }, 403],
    ['nobody', { fields_to_export: ['email'] }, 400],
    ['fields that are no list', { external_ids: ['fixture-u1'], fields_to_export: 'email' }, 400],
    ['people that are no list', { external_ids: 'fixture-u1' }, 400],
    ['no object', ['fixture-u1'], 400],
    ['51 people', { external_ids: Array(51).fill('fixture-u1') }, 400],
    ['51 aliases', { user_aliases: Array(51).fill({ alias_name: 'a', alias_label: 'b' }) }, 400],
    ['65,000 numbers', { external_ids: Array(65_000).fill(1) }, 400],
    ['more than a request may hold', { external_ids: ['x'.repeat(200_000)] }, 413],
  ])('a request for %s does not reach Braze', async (_, body, expected) => {
    const { status, asked } = await askFor(body)
    expect({ status, asked }).toEqual({ status: expected, asked: [] })
  })

  test('a field that is asked for twice is asked for once, and null means nothing', async () => {
    const { asked, lines } = await askFor({
      external_ids: ['fixture-u1'],
      user_aliases: null,
      braze_id: null,
      fields_to_export: ['email', 'email', 'custom_attributes', 'email'],
    })
    expect(asked).toEqual([
      { external_ids: ['fixture-u1'], fields_to_export: ['email', 'custom_attributes'] },
    ])
    expect(lines).toMatchObject([{ fields: 2 }])
  })

  test('what Braze does not document is left out', async () => {
    const { asked } = await askFor({
      external_ids: ['fixture-u1'],
      callback_endpoint: 'https://fixture.test',
    })
    expect(asked).toEqual([
      { external_ids: ['fixture-u1'], fields_to_export: ['email', 'custom_attributes'] },
    ])
  })

  test.each([
    ['a connection without allowed fields', '/v1/writer/users/export/ids', 'writer'],
    ['a connection in capture mode', '/v1/trial/users/export/ids', 'trial'],
  ])('%s has no such path', async (_, path, name) => {
    const { status, asked } = await askFor({ external_ids: ['fixture-u1'] }, path, name)
    expect({ status, asked }).toEqual({ status: 404, asked: [] })
  })

  test('each connection has its own fields', async () => {
    const body = { email_address: 'fixture-mail', fields_to_export: ['email', 'custom_attributes'] }
    const { asked } = await askFor(body, '/v1/crm/users/export/ids', 'crm')
    expect(asked).toEqual([{ email_address: 'fixture-mail', fields_to_export: ['email'] }])
  })

  test('everybody who is asked for is counted, and named by a hash if there is an identifier', async () => {
    const { lines, counted } = await askFor({
      external_ids: ['fixture-u1', 'fixture-u2'],
      user_aliases: [{ alias_name: 'fixture-a', alias_label: 'fixture' }],
      braze_id: 'fixture-b',
      device_id: 'fixture-d',
      email_address: 'fixture-mail',
      phone: 'fixture-phone',
    })
    expect(counted).toContainEqual(['ProfilesRequested', 7, { connection: 'default' }])
    expect(lines).toMatchObject([
      {
        profiles: 7,
        people: ['external_id', 'external_id', 'user_alias', 'braze_id', 'email', 'phone'].map(
          (name) => `hash of ${name}`,
        ),
      },
    ])
  })
})

test.each([
  ['gzip', gzipSync('{"external_ids":["fixture-u1"]}'), 201],
  ['gzip that is broken', gzipSync('{"external_ids":["fixture-u1"]}').subarray(0, 20), 400],
  ['gzip of a large request', gzipSync(`{"external_ids":["fixture-u1"]}${' '.repeat(190_000)}`), 201],
  ['gzip of one that is too large', gzipSync(`{"external_ids":["fixture-u1"]}${' '.repeat(200_000)}`), 413],
])('a body in %s is read or rejected', async (_, body, status) => {
  expect(await createHarness().ask({ body })).toMatchObject({ status })
})
