import { request } from 'node:http'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import { expect, onTestFinished, test } from 'vitest'
import { type AccessLogEntry, startGateway } from '../../../bin/local/gateway.ts'
import { Connections } from '../../../functions/shared/connection.ts'
import { routesOf } from '../../../lib/routes.ts'
import { rawRequest, unfinishedRequest } from './raw-request.ts'

const READING = { exports: ['email'] }

/** Starts a gateway whose receiver is `answer`, and records the events, answers and errors. */
const open = async (
  answer: (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2> = async () => ({}),
) => {
  const events: APIGatewayProxyEventV2[] = []
  const answered: AccessLogEntry[] = []
  const errors: string[] = []
  const gateway = await startGateway({
    port: 0,
    routes: routesOf(Connections.parse({ default: READING, crm: READING, writer: {} })),
    invoke: {
      receiver: (event) => {
        events.push(event)
        return answer(event)
      },
      exporter: async () => ({ statusCode: 207, body: '"exporter"' }),
    },
    now: () => 1_767_571_200_000,
    onAnswered: (one) => {
      answered.push(one)
    },
    onError: (what) => {
      errors.push(what)
    },
  })
  onTestFinished(gateway.stop)
  return { url: gateway.url, events, answered, errors }
}

const post = (url: string, body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string>) =>
  fetch(url, { method: 'POST', body, headers })

test('a JSON request becomes an event with its text, and the answer goes back as it is', async () => {
  const { url, events, answered } = await open(async () => ({
    statusCode: 207,
    headers: { 'content-type': 'application/json', 'x-fixture': 'one' },
    body: '{"accepted":3}',
  }))
  const response = await post(
    `${url}/v1/activations?audience_id=1042&op=enter&op=leave&empty`,
    '[{"a":"é"}]',
    {
      'Content-Type': 'application/json; charset=utf-8',
      'X-Api-Key': 'fixture-token',
    },
  )
  expect(response.status).toBe(207)
  expect(response.headers.get('x-fixture')).toBe('one')
  expect(await response.text()).toBe('{"accepted":3}')
  expect(events).toMatchObject([
    {
      version: '2.0',
      routeKey: 'ANY /v1/{kind}',
      rawPath: '/v1/activations',
      rawQueryString: 'audience_id=1042&op=enter&op=leave&empty',
      queryStringParameters: { audience_id: '1042', op: 'enter,leave', empty: '' },
      pathParameters: { kind: 'activations' },
      headers: { 'content-type': 'application/json; charset=utf-8', 'x-api-key': 'fixture-token' },
      requestContext: {
        http: { method: 'POST', path: '/v1/activations', sourceIp: '127.0.0.1' },
        requestId: response.headers.get('apigw-requestid'),
        timeEpoch: 1_767_571_200_000,
      },
      body: '[{"a":"é"}]',
      isBase64Encoded: false,
    },
  ])
  expect(answered).toEqual([
    { method: 'POST', path: '/v1/activations', status: 207, body: '{"accepted":3}', ms: 0 },
  ])
})

test('a compressed body and one of an unknown type arrive as base64', async () => {
  const { url, events } = await open()
  const zipped = new Uint8Array(gzipSync('{"a":1}'))
  await post(`${url}/v1/records`, zipped, {
    'content-type': 'application/json',
    'content-encoding': 'gzip',
  })
  await post(`${url}/v1/records`, 'a=1', { 'content-type': 'application/x-www-form-urlencoded' })
  expect(events).toMatchObject([
    { body: Buffer.from(zipped).toString('base64'), isBase64Encoded: true },
    { body: 'YT0x', isBase64Encoded: true },
  ])
})

test('a GET without a body or a query has none in its event', async () => {
  const { url, events } = await open(async () => ({ statusCode: 200, body: '{}' }))
  await fetch(`${url}/v1/second-sender/events`)
  expect(events[0]).toMatchObject({
    routeKey: 'ANY /v1/{connection}/{kind}',
    pathParameters: { connection: 'second-sender', kind: 'events' },
    rawQueryString: '',
    isBase64Encoded: false,
  })
  expect(events[0]).not.toHaveProperty('body')
  expect(events[0]).not.toHaveProperty('queryStringParameters')
})

test('a HEAD gets its status and no body', async () => {
  const { url } = await open(async () => ({ statusCode: 200, body: '{}' }))
  const response = await fetch(`${url}/v1/events`, { method: 'HEAD' })
  expect(response.status).toBe(200)
  expect(await response.text()).toBe('')
})

test('a base64 answer is written as its bytes', async () => {
  const { url } = await open(async () => ({ body: 'AAEC', isBase64Encoded: true }))
  const response = await fetch(`${url}/v1/events`)
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 1, 2])
})

test.each(['/', '/v1', '/v1/', '/v2/events', '/v1/a/b/c', '/v1//events', '/v1/a/', '/v1/%ff'])(
  'no route takes %s',
  async (path) => {
    const { url, events } = await open()
    const response = await fetch(`${url}${path}`, { method: 'POST', body: '{}' })
    expect([response.status, await response.json()]).toEqual([404, { message: 'Not Found' }])
    expect(events).toEqual([])
  },
)

test('more than 10 MB is too large for API Gateway, and more than 6 MB as an event for Lambda', async () => {
  const { url, events } = await open()
  const tooLarge = [413, { message: 'Request Entity Too Large' }]
  const asText = { 'content-type': 'text/csv' }
  const eleven = await post(`${url}/v1/events`, 'x'.repeat(11 * 1024 * 1024), asText)
  expect([eleven.status, await eleven.json()]).toEqual(tooLarge)
  const six = await post(`${url}/v1/events`, 'x'.repeat(6 * 1024 * 1024), asText)
  expect([six.status, await six.json()]).toEqual(tooLarge)
  const fiveAsBase64 = new Uint8Array(5 * 1024 * 1024)
  const five = await post(`${url}/v1/events`, fiveAsBase64, { 'content-type': 'application/octet-stream' })
  expect([five.status, await five.json()]).toEqual(tooLarge)
  expect(events).toEqual([])
  const below = await post(`${url}/v1/events`, 'x'.repeat(6 * 1024 * 1024 - 2000), asText)
  expect(below.status).toBe(200)
})

test('a receiver that throws is a 500, worded like API Gateway', async () => {
  const { url, errors } = await open(() => Promise.reject(new Error('fixture trouble 7731')))
  const response = await fetch(`${url}/v1/events`)
  expect([response.status, await response.json()]).toEqual([500, { message: 'Internal Server Error' }])
  expect(errors).toEqual(['fixture trouble 7731'])
})

test('a body of many chunks arrives whole', async () => {
  const { url, events } = await open()
  const answer = Promise.withResolvers<string>()
  const sending = request(`${url}/v1/events`, { method: 'POST', headers: { 'content-type': 'text/plain' } })
  sending.on('response', (response) => answer.resolve(text(response)))
  for (const byte of [0xc3, 0xa9, 0x61, 0x62]) sending.write(Buffer.of(byte))
  sending.end('c')
  await answer.promise
  expect(events[0]?.body).toBe('éabc')
})

test.each([
  ['/users/track', 'ANY /users/track', {}],
  ['/v1/crm/users/track', 'ANY /v1/crm/users/track', {}],
  ['/v1/nobody/users/track', 'ANY /v1/{connection}/users/track', { connection: 'nobody' }],
])("Braze's own path %s leads to the receiver", async (path, routeKey, pathParameters) => {
  const { url, events } = await open()
  await post(url + path, '{}', { 'content-type': 'application/json' })
  expect(events).toMatchObject([{ routeKey, pathParameters, rawPath: path }])
})

test.each(['/users/export/ids', '/v1/crm/users/export/ids'])('%s leads to the exporter', async (path) => {
  const { url, events } = await open()
  const response = await post(url + path, '{}', { 'content-type': 'application/json' })
  expect(await response.text()).toBe('"exporter"')
  expect(events).toEqual([])
})

test.each(['/v1/writer/users/export/ids', '/v1/nobody/users/export/ids'])(
  'there is no %s, because nobody may read there',
  async (path) => {
    const { url, events } = await open()
    const response = await post(url + path, '{}', { 'content-type': 'application/json' })
    expect([response.status, events]).toEqual([404, []])
  },
)

test.each([
  ['a script of another site', { origin: 'http://fixture.example', 'sec-fetch-site': 'cross-site' }],
  ['a page on another port', { 'sec-fetch-site': 'same-site' }],
  ['a sandboxed page', { origin: 'null' }],
  ['a page under a rebound name', { host: 'fixture.example', origin: 'http://fixture.example' }],
  [
    'a form with the password in its address',
    {
      authorization: `Basic ${Buffer.from('actioniq:fixture-token').toString('base64')}`,
      origin: 'http://fixture.example',
      'sec-fetch-mode': 'navigate',
    },
  ],
])('a request by %s is refused before its body is read', async (_, headers) => {
  const { url, events, answered } = await open()
  const { status } = await unfinishedRequest(`${url}/v1/activations`, { method: 'POST', headers })
  expect(status).toBe(403)
  expect(events).toEqual([])
  expect(answered).toMatchObject([{ path: '/v1/activations', status: 403 }])
})

test('a sender reaches the receiver through a tunnel, which has another name', async () => {
  const { url, events } = await open()
  const headers = { host: 'fixture.example', 'x-forwarded-for': '192.0.2.1' }
  const { status } = await rawRequest(`${url}/v1/activations`, { method: 'POST', headers, body: '{}' })
  expect([status, events.length]).toEqual([200, 1])
})
