import {
  type AuthFailure,
  authenticate,
  resolveConnection,
  type Sender,
  withTokensOnly,
} from '../shared/authenticate.ts'
import {
  type BrazeAnswer,
  type BrazeCall,
  EXPORT_IDS_PATH,
  MAX_EXPORT_ANSWER_BYTES,
} from '../shared/braze.edge.ts'
import { type Connections, DEFAULT_CONNECTION } from '../shared/connection.ts'
import type { Count } from '../shared/emit-metrics.ts'
import type { BridgeRequest } from '../shared/http-request.ts'
import type { Log } from '../shared/log.ts'
import type { NamePeople } from '../shared/person-hash.ts'
import type { Credentials, InboundSecret, ReadCredentials, ReadSecret } from '../shared/secrets.ts'
import { type ExportRequest, readExportRequest } from './export-request.ts'

/** Everything through which the exporter reads or changes the outside world. */
export type ExporterDeps = {
  /** Returns the reader of the inbound secret of the connection with this name. */
  readSecret: (connection: string) => ReadSecret<InboundSecret>
  credentials: ReadCredentials
  callBraze: (credentials: Credentials, call: BrazeCall) => Promise<BrazeAnswer>
  connections: Connections
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
  count: Count
  namePeople: NamePeople
}

export type ExportAnswer = { status: number; headers: Record<string, string>; body: string }

const PATH = /^(?:\/v1\/([A-Za-z0-9-]+))?\/users\/export\/ids$/

const UNAUTHORIZED = 401
const UNAVAILABLE = 503

/** Two requests, with a secret to read in between, must fit into the function's time-out of 29 s. */
const REQUEST_TIMEOUT_MS = 12_000

const CALL = {
  path: EXPORT_IDS_PATH,
  timeoutMs: REQUEST_TIMEOUT_MS,
  maxAnswerBytes: MAX_EXPORT_ANSWER_BYTES,
}

/**
 * Passes a request for profiles on to Braze, with our key instead of the sender's token, and passes the
 * answer back. Only a connection whose settings list the fields that may be read has this path, and its
 * requests are narrowed to these fields. Otherwise anybody with a token that is only meant for writing
 * could read every profile of the workspace.
 */
export async function exportIds(request: BridgeRequest, deps: ExporterDeps): Promise<ExportAnswer> {
  const startedAt = deps.now()
  const [path, connection = DEFAULT_CONNECTION] = PATH.exec(request.path) ?? []
  const sender = resolveConnection(connection, deps.connections)
  const read = await readRequest(request, sender, path !== undefined, deps)
  const asked = 'profiles' in read ? read : undefined
  const [answer, nameOf] =
    'profiles' in read ? await Promise.all([askBraze(read.body, deps), deps.namePeople()]) : [read]
  const ms = deps.now() - startedAt
  report({ requestId: request.id, status: answer.status, connection: sender.name, asked, nameOf, ms }, deps)
  return answer
}

/** Returns what to ask Braze for, or the answer to a request that may not ask. */
async function readRequest(
  request: BridgeRequest,
  sender: Sender,
  isPath: boolean,
  deps: ExporterDeps,
): Promise<ExportRequest | ExportAnswer> {
  const authFailure = await authenticate(request, withTokensOnly(sender), deps)
  if (authFailure) return AUTH_ANSWERS[authFailure]
  const fields = sender.connection.exports
  if (!isPath || !fields) return NOT_FOUND
  if (request.method !== 'POST') return problem(405, 'Method not allowed', { allow: 'POST' })
  const asked = readExportRequest(request.body, fields)
  return 'message' in asked ? problem(asked.status, asked.message) : asked
}

type Exported = {
  requestId: string
  status: number
  connection: string
  /** What was passed on to Braze, if anything was. */
  asked: ExportRequest | undefined
  nameOf: Awaited<ReturnType<NamePeople>>
  ms: number
}

/** Logs who asked for how many profiles, and counts them. People are named by their hashes only. */
function report(exported: Exported, { log, count }: Pick<ExporterDeps, 'log' | 'count'>): void {
  const { asked, nameOf, status, connection, requestId, ms } = exported
  count('ExportRequests', 1, { connection })
  if (asked) count('ProfilesRequested', asked.profiles, { connection })
  if (status === UNAUTHORIZED) count('RequestsRefused', 1)
  if (status === UNAVAILABLE) count('RequestsUnavailable', 1)
  log.info('export', {
    requestId,
    connection,
    status,
    ...(asked && { profiles: asked.profiles, fields: asked.fields }),
    ...(asked && nameOf && { people: asked.people.map(nameOf) }),
    ms,
  })
}

/**
 * Braze rejects a key that was rotated a moment ago until the secret is read again, so one more attempt is
 * enough.
 */
async function askBraze(body: string, { credentials, callBraze }: ExporterDeps): Promise<ExportAnswer> {
  for (const fresh of [false, true]) {
    const key = await credentials({ fresh })
    if ('missing' in key) return NO_KEY
    const answer = await callBraze(key, { ...CALL, body })
    if (answer.kind === 'no answer') return NO_ANSWER
    if (answer.isTooLarge || !fitsResponse(answer.body)) return TOO_LARGE
    if (answer.status !== UNAUTHORIZED) return handBack(answer)
  }
  return KEY_REFUSED
}

/**
 * In bytes. Lambda accepts a response of 6 MB (AWS Lambda developer guide, "Quotas"), in which the body is a JSON
 * string: each quotation mark of it takes two bytes.
 */
const MAX_RESPONSE_BYTES = 6_000_000

const fitsResponse = (body: string) => Buffer.byteLength(JSON.stringify(body)) <= MAX_RESPONSE_BYTES

/** The headers of Braze's answer that tell a client what the body is and how long to wait. */
const RETURNED_HEADERS = /^(content-type|retry-after|x-ratelimit-.*)$/

const handBack = ({ status, headers, body }: Extract<BrazeAnswer, { kind: 'answer' }>): ExportAnswer => ({
  status,
  headers: {
    ...Object.fromEntries(Object.entries(headers).filter(([name]) => RETURNED_HEADERS.test(name))),
    'cache-control': 'no-store',
  },
  body,
})

const problem = (status: number, message: string, headers: Record<string, string> = {}): ExportAnswer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify({ message }),
})

/** For a connection that may read no profiles, this path does not exist. */
const NOT_FOUND = problem(404, 'Not found')

/** How long a client should wait when AWS or Braze is briefly unavailable. */
const RETRY = { 'retry-after': '10' }

const AUTH_ANSWERS: Record<AuthFailure, ExportAnswer> = {
  'no credentials': problem(
    UNAUTHORIZED,
    'No inbound token: send it in one of the ways that the connection accepts, such as "Authorization: Bearer <token>", and check the name of the connection in the URL',
  ),
  'wrong credentials': problem(
    UNAUTHORIZED,
    'Invalid inbound token, or the token of another connection: check the name of the connection in the URL',
  ),
  'address not allowed': problem(403, 'Requests may not come from this address'),
  'secret unreadable': problem(UNAVAILABLE, 'The inbound token could not be checked', RETRY),
}

/** This is not Braze's own 401, because a client would blame its own token for that. */
const KEY_REFUSED = problem(502, "Braze refuses the bridge's key: see the Braze secret of the stack")
const NO_KEY = problem(
  UNAVAILABLE,
  'The Braze secret of the stack holds no key yet, or cannot be read',
  RETRY,
)
const TOO_LARGE = problem(
  502,
  "Braze's answer is larger than 5 MB and cannot be passed on: ask for fewer profiles or fields",
)
const NO_ANSWER = problem(504, 'Braze gave no answer', RETRY)
