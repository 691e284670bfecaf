import type { APIGatewayProxyEventV2 } from 'aws-lambda'

/** A request as a client sends it. Headers and parameters may be repeated. */
export type RawRequest = {
  method: string
  path: string
  query: readonly (readonly [name: string, value: string])[]
  headers: readonly (readonly [name: string, value: string])[]
  body: Buffer | undefined
  /** Whether API Gateway treats the content type as text, so that bytes that are not UTF-8 are lost. */
  asText: boolean
}

export const REQUEST_ID = 'request-1'

/**
 * The event that an HTTP API sends for a request (API Gateway developer guide, "Payload format version 2.0").
 */
export function eventOf({ method, path, query, headers, body, asText }: RawRequest): APIGatewayProxyEventV2 {
  const parameters = joined(query.map(([name, value]) => [decoded(name), decoded(value)]))
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: path,
    rawQueryString: query.map((parameter) => parameter.join('=')).join('&'),
    headers: joined(headers.map(([name, value]) => [name.toLowerCase(), value])),
    ...(query.length > 0 && { queryStringParameters: parameters }),
    requestContext: {
      accountId: '000000000000',
      apiId: 'api',
      domainName: 'example.test',
      domainPrefix: 'example',
      http: { method, path, protocol: 'HTTP/1.1', sourceIp: '127.0.0.1', userAgent: 'test' },
      requestId: REQUEST_ID,
      routeKey: '$default',
      stage: '$default',
      time: '05/Jan/2026:10:00:00 +0000',
      timeEpoch: 1_767_607_200_000,
    },
    ...(body && { body: body.toString(asText ? 'utf8' : 'base64') }),
    isBase64Encoded: !asText && body !== undefined,
  }
}

/** Joins repeated values by commas. A name such as `__proto__` is treated like any other. */
function joined(pairs: readonly (readonly [string, string])[]): Record<string, string> {
  const values = Map.groupBy(pairs, ([name]) => name)
  return Object.fromEntries([...values].map(([name, all]) => [name, all.map(([, value]) => value).join(',')]))
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}
