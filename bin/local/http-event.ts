import type { IncomingHttpHeaders } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { GatewayRoute } from './routes.ts'

/** What API Gateway hands on as text; every other body, and a compressed one, goes as base64. */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b|application\/[\w.-]+\+(json|xml)\b)/i

export type HttpRequest = {
  method: string
  url: URL
  /** Node's: lower-case, repeated ones joined. */
  headers: IncomingHttpHeaders
  body: Buffer
  sourceIp: string
}

/** A request as the event of an HTTP API, payload format 2.0. */
export function toHttpEvent(
  { method, url, headers, body, sourceIp }: HttpRequest,
  { routeKey, pathParameters }: GatewayRoute,
  requestId: string,
  timeEpoch: number,
): APIGatewayProxyEventV2 {
  const isText = headers['content-encoding'] === undefined && TEXT.test(headers['content-type'] ?? '')
  const { cookie, ...rest } = headers
  return {
    version: '2.0',
    routeKey,
    rawPath: url.pathname,
    rawQueryString: url.search.slice(1),
    ...(cookie !== undefined && { cookies: cookie.split('; ') }),
    headers: joinHeaders(rest),
    ...(url.search.length > 1 && { queryStringParameters: joinedQuery(url.searchParams) }),
    pathParameters,
    requestContext: {
      accountId: '000000000000',
      apiId: 'local',
      domainName: url.hostname,
      domainPrefix: 'local',
      http: {
        method,
        path: url.pathname,
        protocol: 'HTTP/1.1',
        sourceIp,
        userAgent: headers['user-agent'] ?? '',
      },
      requestId,
      routeKey,
      stage: '$default',
      time: new Date(timeEpoch).toISOString(),
      timeEpoch,
    },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  }
}

/** API Gateway joins the values of a name that stands in the query more than once with commas. */
export function joinedQuery(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(',')]),
  )
}

/** Header values as the event has them: one text per name. */
export function joinHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
    ),
  )
}
