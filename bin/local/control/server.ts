import { readdirSync, readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { extname } from 'node:path'
import { isSameOrigin, isSecret } from '../guard.ts'
import { closeServer, listen, readBody } from '../listen.ts'
import { answerControl } from './answer.ts'
import type { ControlParts, ControlResponse } from './parts.ts'

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
    if (!isSecret(headers.authorization, `Bearer ${token}`)) return UNAUTHORIZED
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
    if (!isSameOrigin(request)) write(response, UNAUTHORIZED)
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
  body: {
    message:
      'Send the control token of this start as a bearer token. It is in running.json in the state folder.',
  },
}
const TOO_LARGE: ControlResponse = { status: 413, body: { message: 'Send a body of at most 10 MiB.' } }
const INTERNAL_ERROR: ControlResponse = {
  status: 500,
  body: { message: 'That failed. The terminal of the local run shows the reason.' },
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

const FOLDER = new URL('../window/', import.meta.url)

const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The page loads nothing from other origins, cannot run script from data (XSS), and cannot be framed. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
].join('; ')

const HEADERS = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'no-store',
}

export type Page = { headers: Record<string, string>; body: Buffer }

/** Reads the files of the window, by path. They contain no data, so they are served without a token. */
function readPages(): ReadonlyMap<string, Page> {
  const pages = readdirSync(FOLDER).flatMap((name): [string, Page][] => {
    const type = CONTENT_TYPES[extname(name)]
    if (type === undefined) return []
    const page = {
      headers: { ...HEADERS, 'content-type': type },
      body: readFileSync(new URL(name, FOLDER)),
    }
    return [[name === 'index.html' ? '/' : `/${name}`, page]]
  })
  return new Map(pages)
}
