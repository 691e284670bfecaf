import { authenticate, resolveConnection, type Stranger } from '../shared/authenticate.ts'
import type { BrazeAnswer, BrazeCall } from '../shared/braze.edge.ts'
import { type Connections, DEFAULT_CONNECTION } from '../shared/connection.ts'
import type { Count } from '../shared/emit-metrics.ts'
import type { BridgeRequest } from '../shared/http-request.ts'
import type { Log } from '../shared/log.ts'
import type { Credentials, InboundSecret, ReadCredentials, ReadSecret } from '../shared/secrets.ts'

/** Everything the exporter does to the world. */
export type ExporterDeps = {
  /** The inbound secret of the connection of this name. */
  readSecret: (connection: string) => ReadSecret<InboundSecret>
  credentials: ReadCredentials
  callBraze: (credentials: Credentials, call: BrazeCall) => Promise<BrazeAnswer>
  connections: Connections
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
  count: Count
}

export type Answer = { status: number; headers: Record<string, string>; body: string }

const PATH = /^(?:\/v1\/([A-Za-z0-9-]+))?\/users\/export\/ids$/

const UNAUTHORIZED = 401
const UNAVAILABLE = 503

const EXPORT_PATH = '/users/export/ids'

/** Under the 29 s that API Gateway waits, twice with a secret to read in between. */
const REQUEST_TIMEOUT_MS = 12_000

/**
 * Passes a request for profiles on to Braze, with our key in place of the sender's token, and the answer back. What it
 * asks for and what it gets are nobody else's business: neither is looked into.
 */
export async function exportIds(request: BridgeRequest, deps: ExporterDeps): Promise<Answer> {
  const startedAt = deps.now()
  const answer = await passOn(request, deps)
  deps.count('ExportRequests', 1)
  if (answer.status === UNAUTHORIZED) deps.count('RequestsRefused', 1)
  if (answer.status === UNAVAILABLE) deps.count('RequestsUnavailable', 1)
  deps.log.info('export', { requestId: request.id, status: answer.status, ms: deps.now() - startedAt })
  return answer
}

async function passOn(request: BridgeRequest, deps: ExporterDeps): Promise<Answer> {
  const [path, connection = DEFAULT_CONNECTION] = PATH.exec(request.path) ?? []
  const sender = resolveConnection(connection, deps.connections)
  const stranger = await authenticate(request, sender, deps)
  if (stranger) return TURNED_AWAY[stranger]
  if (path === undefined || sender.name !== connection) return problem(404, 'Not found')
  if (request.method !== 'POST') return problem(405, 'Method not allowed', { allow: 'POST' })
  return ask(request.body.toString(), deps)
}

/** A key that was rotated a moment ago is refused until the secret is read again: once is enough. */
async function ask(body: string, { credentials, callBraze }: ExporterDeps): Promise<Answer> {
  for (const fresh of [false, true]) {
    const key = await credentials({ fresh })
    if ('missing' in key) return NO_KEY
    const answer = await callBraze(key, { path: EXPORT_PATH, body, timeoutMs: REQUEST_TIMEOUT_MS })
    if (answer.kind === 'no answer') return NO_ANSWER
    if (answer.status !== UNAUTHORIZED) return handBack(answer)
  }
  return KEY_REFUSED
}

/** Of Braze's headers, those that tell a client what the body is and how long to wait. */
const HANDED_BACK = /^(content-type|retry-after|x-ratelimit-.*)$/

const handBack = ({ status, headers, body }: Extract<BrazeAnswer, { kind: 'answer' }>): Answer => ({
  status,
  headers: {
    ...Object.fromEntries(Object.entries(headers).filter(([name]) => HANDED_BACK.test(name))),
    'cache-control': 'no-store',
  },
  body,
})

const problem = (status: number, message: string, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify({ message }),
})

/** How long a client should wait where AWS or Braze is away for a moment. */
const RETRY = { 'retry-after': '10' }

const TURNED_AWAY: Record<Stranger, Answer> = {
  'no credentials': problem(UNAUTHORIZED, 'No inbound token: send it as "Authorization: Bearer <token>"'),
  'wrong credentials': problem(UNAUTHORIZED, 'Invalid inbound token'),
  'address not allowed': problem(403, 'Requests may not come from this address'),
  'secret unreadable': problem(UNAVAILABLE, 'The inbound token could not be checked', RETRY),
}

/** Not Braze's own 401: a client would take it for its own token. */
const KEY_REFUSED = problem(502, "Braze refuses the bridge's key: see the Braze secret of the stack")
const NO_KEY = problem(
  UNAVAILABLE,
  'The Braze secret of the stack holds no key yet, or can not be read',
  RETRY,
)
const NO_ANSWER = problem(504, 'Braze gave no answer', RETRY)
