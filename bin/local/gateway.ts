import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda'
import type { Route } from '../../lib/routes.ts'
import { isFromWebPage } from './guard.ts'
import { type GatewayRoute, joinHeaders, matchRoute, toHttpEvent } from './http-event.ts'
import { closeServer, listen, readBody } from './listen.ts'

/** Lambda's limit for the event's JSON, in bytes. A body, escaped or in base64, reaches this limit first. */
const MAX_EVENT_BYTES = 6 * 1024 * 1024

type Invoke = (event: APIGatewayProxyEventV2) => Promise<APIGatewayProxyStructuredResultV2>

/** One answered request. `body` is the answer's, which has the counts of an accepted request. */
export type AccessLogEntry = { method: string; path: string; status: number; body: string; ms: number }

/** A page that only the local run has. @returns undefined for requests to any other path. */
export type LocalPage = (request: {
  method: string
  path: string
  headers: Record<string, string>
}) => Promise<APIGatewayProxyStructuredResultV2 | undefined>

export type Gateway = { url: string; stop: () => Promise<void> }

/**
 * Works like the stack's HTTP API: turns a request into an event, invokes the function of its route, and
 * writes the answer. Its own answers (404, 413, 500) have API Gateway's wording. Unlike API Gateway, it refuses
 * requests that a web page makes a browser send: such a page can reach this machine.
 * @param options.localPage is asked before the routes.
 */
export async function startGateway(options: {
  port: number
  routes: readonly Route[]
  /** The functions behind the routes. */
  invoke: Readonly<Record<GatewayRoute['to'], Invoke>>
  localPage?: LocalPage
  now: () => number
  onAnswered: (entry: AccessLogEntry) => void
  onError: (what: string) => void
}): Promise<Gateway> {
  const { port, routes, invoke, localPage, now, onAnswered, onError } = options

  const resultOf = async (request: IncomingMessage, url: URL, requestId: string) => {
    if (isFromWebPage(request)) return gatewayResponse(403, FROM_WEB_PAGE)
    const { method = 'GET', headers, socket } = request
    const own = await localPage?.({ method, path: url.pathname, headers: joinHeaders(headers) })
    if (own) return own
    const route = matchRoute(url.pathname, routes)
    if (!route) return gatewayResponse(404, 'Not Found')
    const body = await readBody(request)
    if (!body) return gatewayResponse(413, 'Request Entity Too Large')
    const sourceIp = socket.remoteAddress ?? ''
    const event = toHttpEvent({ method, url, headers, body, sourceIp }, route, requestId, now())
    if (Buffer.byteLength(JSON.stringify(event)) > MAX_EVENT_BYTES)
      return gatewayResponse(413, 'Request Entity Too Large')
    try {
      return await invoke[route.to](event)
    } catch (error) {
      onError(error instanceof Error ? error.message : String(error))
      return gatewayResponse(500, 'Internal Server Error')
    }
  }

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const startedAt = now()
    const requestId = randomUUID()
    const url = new URL(`http://127.0.0.1${request.url ?? '/'}`)
    const result = await resultOf(request, url, requestId)
    const { statusCode = 200, body = '' } = result
    write(response, result, requestId)
    onAnswered({
      method: request.method ?? 'GET',
      path: url.pathname,
      status: statusCode,
      body,
      ms: now() - startedAt,
    })
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  return { url: await listen(server, port), stop: () => closeServer(server) }
}

const FROM_WEB_PAGE =
  'The local run accepts no requests from web pages. Send this one from a program such as curl, without the header Origin.'

function gatewayResponse(statusCode: number, message: string): APIGatewayProxyStructuredResultV2 {
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify({ message }) }
}

function write(response: ServerResponse, result: APIGatewayProxyStructuredResultV2, requestId: string): void {
  const { statusCode = 200, headers = {}, cookies = [], body = '', isBase64Encoded = false } = result
  response.setHeader('apigw-requestid', requestId)
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, String(value))
  if (cookies.length > 0) response.setHeader('set-cookie', cookies)
  response.writeHead(statusCode).end(Buffer.from(body, isBase64Encoded ? 'base64' : 'utf8'))
}
