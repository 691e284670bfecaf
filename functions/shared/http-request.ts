import type { APIGatewayProxyEventV2 } from 'aws-lambda'

/** One HTTP request, independent of API Gateway's event. Header names are lower case. */
export type BridgeRequest = {
  /** API Gateway's request id, which is in the answer, in the log line and in each message. */
  id: string
  method: string
  path: string
  headers: Readonly<Record<string, string | undefined>>
  query: Readonly<Record<string, string | undefined>>
  /** The bytes as they were sent, still compressed if they were. */
  body: Buffer
  /** The same body as text, if API Gateway treated it as text. */
  text?: string
  /** The address the request came from, as API Gateway saw it. */
  sourceIp: string
}

export function toRequest(event: APIGatewayProxyEventV2): BridgeRequest {
  const body = event.body ?? ''
  return {
    id: event.requestContext.requestId,
    method: event.requestContext.http.method,
    path: event.rawPath,
    headers: event.headers,
    query: event.queryStringParameters ?? {},
    sourceIp: event.requestContext.http.sourceIp,
    body: Buffer.from(body, event.isBase64Encoded ? 'base64' : 'utf8'),
    ...(!event.isBase64Encoded && { text: body }),
  }
}
