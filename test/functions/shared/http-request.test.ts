import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import { expect, it } from 'vitest'
import { toRequest } from '../../../functions/shared/http-request.ts'

const EVENT: APIGatewayProxyEventV2 = {
  version: '2.0',
  routeKey: '$default',
  rawPath: '/v1/events',
  rawQueryString: 'op=leave',
  queryStringParameters: { op: 'leave' },
  headers: { 'x-api-key': 'fixture-token' },
  requestContext: {
    accountId: '000000000000',
    apiId: 'api',
    domainName: 'example.test',
    domainPrefix: 'example',
    http: { method: 'POST', path: '/v1/events', protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: '' },
    requestId: 'request-1',
    routeKey: '$default',
    stage: '$default',
    time: '20/Nov/2026:06:00:00 +0000',
    timeEpoch: 1_795_154_400_000,
  },
  body: '{"é":1}',
  isBase64Encoded: false,
}

it("reads API Gateway's event", () => {
  expect(toRequest(EVENT)).toEqual({
    id: 'request-1',
    method: 'POST',
    path: '/v1/events',
    headers: { 'x-api-key': 'fixture-token' },
    query: { op: 'leave' },
    body: Buffer.from('{"é":1}'),
    text: '{"é":1}',
    sourceIp: '127.0.0.1',
  })
})

it('turns base64 back into the bytes that were sent', () => {
  const body = Buffer.from([0x1f, 0x8b, 0xff])
  const request = toRequest({ ...EVENT, body: body.toString('base64'), isBase64Encoded: true })
  expect(request.body).toEqual(body)
  expect(request).not.toHaveProperty('text')
})

it('takes no body and no query for empty ones', () => {
  const { body: _, queryStringParameters: __, ...bare } = EVENT
  expect(toRequest(bare)).toMatchObject({ query: {}, body: Buffer.alloc(0), text: '' })
})
