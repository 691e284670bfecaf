import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { closeServer, listen } from '../listen.ts'
import { answerControl } from './answer.ts'
import type { Answered } from './answers.ts'
import { readPages } from './pages.ts'
import type { ControlParts } from './parts.ts'

export type Control = { url: string; stop: () => Promise<void> }

/**
 * The address by which the operators' commands and the window look at a running bridge and steer it. Letters and
 * profiles are behind it, so it takes a token that each start makes anew, on loopback only, and never from a page of
 * another origin. The window's own files need none.
 * @param port 0 for any free one; any other is taken where it is free, so that a bookmark stays right.
 */
export async function startControl(options: {
  port: number
  token: string
  parts: ControlParts
  onTrouble: (what: string) => void
}): Promise<Control> {
  const { port, token, parts, onTrouble } = options
  const pages = readPages()

  const answer = async (request: IncomingMessage, { pathname, searchParams }: URL): Promise<Answered> => {
    const bytes = await buffer(request)
    const { method = 'GET', headers } = request
    if (!isOurs(headers.authorization, token)) return TURNED_AWAY
    const contentType = headers['content-type'] ?? ''
    const asked = { method, path: pathname, query: searchParams, contentType, bytes, body: bytes.toString() }
    return answerControl(asked, parts).catch((error: unknown) => {
      onTrouble(error instanceof Error ? error.message : String(error))
      return FAILED
    })
  }

  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const url = new URL(`http://127.0.0.1${request.url ?? '/'}`)
    const page = request.method === 'GET' ? pages.get(url.pathname) : undefined
    if (!isSameOrigin(request.headers)) write(response, TURNED_AWAY)
    else if (page) response.writeHead(200, page.headers).end(page.body)
    else write(response, await answer(request, url))
  }

  const server = createServer((request, response) => {
    serve(request, response).catch(() => response.destroy())
  })
  const url = await listen(server, port).catch(() => listen(server, 0))
  return { url, stop: () => closeServer(server) }
}

const TURNED_AWAY: Answered = {
  status: 401,
  body: { message: 'Send the control token of this start as a bearer token. It stands in the state folder.' },
}
const FAILED: Answered = {
  status: 500,
  body: { message: 'That failed. The terminal of the local run says why.' },
}

const digest = (value: string) => createHash('sha256').update(value).digest()

const isOurs = (authorization: string | undefined, token: string) =>
  timingSafeEqual(digest(authorization ?? ''), digest(`Bearer ${token}`))

/** A name of somebody else's that resolves to loopback would make their page ours (DNS rebinding). */
const LOOPBACK = /^(127\.0\.0\.1|localhost)(:\d+)?$/

function isSameOrigin({ host = '', origin }: IncomingMessage['headers']): boolean {
  return LOOPBACK.test(host) && (origin === undefined || origin === `http://${host}`)
}

function write(response: ServerResponse, { status, body }: Answered): void {
  response
    .writeHead(status, {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    .end(JSON.stringify(body))
}
