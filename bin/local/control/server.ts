import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { closeServer, listen } from '../listen.ts'
import { readBody } from '../read-body.ts'
import { answerControl } from './answer.ts'
import type { ControlResponse } from './control-response.ts'
import { readPages } from './pages.ts'
import type { ControlParts } from './parts.ts'

export type Control = { url: string; stop: () => Promise<void> }

/**
 * Starts the control address, which the operators' commands and the window use to inspect and control a
 * running bridge. It exposes dead letters and profiles, so it listens on loopback only, requires a token that
 * each start creates, and refuses pages of other origins. The window's own files need no token.
 * @param options.port 0 for any free port. Any other port is used if it is free, so that a bookmark stays
 * valid.
 */
export async function startControl(options: {
  port: number
  token: string
  parts: ControlParts
  onError: (what: string) => void
}): Promise<Control> {
  const { port, token, parts, onError } = options
  const pages = readPages()

  const answer = async (
    request: IncomingMessage,
    { pathname, searchParams }: URL,
  ): Promise<ControlResponse> => {
    const { method = 'GET', headers } = request
    if (!hasControlToken(headers.authorization, token)) return UNAUTHORIZED
    const bytes = await readBody(request)
    if (!bytes) return TOO_LARGE
    const contentType = headers['content-type'] ?? ''
    const controlRequest = {
      method,
      path: pathname,
      query: searchParams,
      contentType,
      bytes,
      body: bytes.toString(),
    }
    return answerControl(controlRequest, parts).catch((error: unknown) => {
      onError(error instanceof Error ? error.message : String(error))
      return INTERNAL_ERROR
    })
  }

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(`http://127.0.0.1${request.url ?? '/'}`)
    const page = request.method === 'GET' ? pages.get(url.pathname) : undefined
    if (!isSameOrigin(request.headers)) write(response, UNAUTHORIZED)
    else if (page) response.writeHead(200, page.headers).end(page.body)
    else write(response, await answer(request, url))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  const url = await listen(server, port).catch(() => listen(server, 0))
  return { url, stop: () => closeServer(server) }
}

const UNAUTHORIZED: ControlResponse = {
  status: 401,
  body: { message: 'Send the control token of this start as a bearer token. It stands in the state folder.' },
}
const TOO_LARGE: ControlResponse = { status: 413, body: { message: 'Send a body of at most 10 MiB.' } }
const INTERNAL_ERROR: ControlResponse = {
  status: 500,
  body: { message: 'That failed. The terminal of the local run says why.' },
}

const digest = (value: string) => createHash('sha256').update(value).digest()

const hasControlToken = (authorization: string | undefined, token: string) =>
  timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`))

/**
 * Prevents DNS rebinding: an attacker's host name that resolves to loopback would make their page
 * same-origin.
 */
const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/

function isSameOrigin({ host = '', origin }: IncomingMessage['headers']): boolean {
  return LOOPBACK.test(host) && (origin === undefined || origin === `http://${host}`)
}

function write(response: ServerResponse, { status, body }: ControlResponse): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(JSON.stringify(body))
}
