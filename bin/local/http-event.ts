import type { IncomingHttpHeaders } from 'node:http'
import type { APIGatewayProxyEventV2 } from 'aws-lambda'
import type { BridgeRequest } from '../../functions/shared/http-request.ts'
import type { Route } from '../../lib/routes.ts'

/**
 * Content types that API Gateway passes on as text. Other bodies, and compressed ones, are passed on in
 * base64.
 */
const TEXT = /^(text\/|application\/(json|javascript|xml)\b|application\/[\w.-]+\+(json|xml)\b)/i

const isPassedAsText = (headers: {
  'content-type'?: string | undefined
  'content-encoding'?: string | undefined
}) => headers['content-encoding'] === undefined && TEXT.test(headers['content-type'] ?? '')

/**
 * The body of a request as the receiver gets it from API Gateway, which decodes some content types as UTF-8. Bytes
 * that are not UTF-8 are lost there.
 */
export function bodyFromGateway(
  body: Buffer,
  headers: Parameters<typeof isPassedAsText>[0],
): Pick<BridgeRequest, 'body' | 'text'> {
  if (!isPassedAsText(headers)) return { body }
  const text = body.toString('utf8')
  return { body: Buffer.from(text), text }
}

type HttpRequest = {
  method: string
  url: URL
  /** As Node parses them: lower-case names, with repeated headers joined. */
  headers: IncomingHttpHeaders
  body: Buffer
  sourceIp: string
}

/** Turns a request into the event of an HTTP API, payload format 2.0. */
export function toHttpEvent(
  { method, url, headers, body, sourceIp }: HttpRequest,
  { routeKey, pathParameters }: GatewayRoute,
  requestId: string,
  timeEpoch: number,
): APIGatewayProxyEventV2 {
  const isText = isPassedAsText(headers)
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

/** API Gateway joins the values of a repeated query parameter with commas. */
export function joinedQuery(parameters: URLSearchParams): Record<string, string> {
  return Object.fromEntries(
    [...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name).join(',')]),
  )
}

/** Joins header values as API Gateway does in the event: one string per name. */
export function joinHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(',') : value]],
    ),
  )
}

export type GatewayRoute = {
  routeKey: string
  pathParameters: Record<string, string>
  /** The function that handles it. */
  to: Route['to']
}

/**
 * Matches a path with the routes. The functions themselves check which kinds and connections exist.
 * @param routes the first match counts, so the more specific routes come first.
 * @returns undefined for any other path, which API Gateway answers itself.
 */
export function matchRoute(path: string, routes: readonly Route[]): GatewayRoute | undefined {
  const segments = path.split('/').slice(1).map(decode)
  if (segments.includes('')) return undefined
  for (const { path: template, to } of routes) {
    const pathParameters = match(template.split('/').slice(1), segments)
    if (pathParameters) return { routeKey: `ANY ${template}`, pathParameters, to }
  }
  return undefined
}

function match(template: readonly string[], segments: readonly string[]): Record<string, string> | undefined {
  if (template.length !== segments.length) return undefined
  const parameters: Record<string, string> = {}
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? ''
    const name = /^\{(\w+)\}$/.exec(part)?.[1]
    if (name !== undefined) parameters[name] = segment
    else if (part !== segment) return undefined
  }
  return parameters
}

/** Decodes a segment. Invalid percent-encoding becomes an empty segment, which no route accepts. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return ''
  }
}
