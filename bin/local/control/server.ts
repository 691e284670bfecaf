import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { closeServer, listen } from '../listen.ts'
import { type Answered, answerControl } from './answer.ts'
import type { ControlParts } from './parts.ts'

export type Control = { url: string; stop: () => Promise<void> }

/**
 * The address by which the operators' commands and the window look at a running bridge and steer it. Letters and
 * profiles are behind it, so it takes a token that each start makes anew, on loopback only, and never from a page of
 * another origin.
 * @param port 0 for any free one; any other is taken where it is free, so that a bookmark stays right.
 */
export async function startControl(options: {
  port: number
  token: string
  parts: ControlParts
}): Promise<Control> {
  const { port, token, parts } = options
  const serve = async (request: IncomingMessage, response: ServerResponse) => {
    const { method = 'GET', url = '/', headers } = request
    const { pathname } = new URL(url, 'http://127.0.0.1')
    const body = await text(request)
    const isLetIn = isOurs(headers.authorization, token) && isSameOrigin(headers)
    write(response, isLetIn ? answerControl({ method, path: pathname, body }, parts) : TURNED_AWAY)
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
    .writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' })
    .end(JSON.stringify(body))
}
