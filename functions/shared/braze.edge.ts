import type { Agent as HttpAgent, IncomingMessage } from 'node:http'
import { Agent, request as requestOverTls } from 'node:https'
import type { Socket } from 'node:net'
import { gunzipSync } from 'node:zlib'
import { TRACK_TIMEOUT_MS } from './limits.ts'
import { type Credentials, isWithin } from './secrets.ts'

export type BrazeCall = {
  path: string
  body: string
  timeoutMs: number
  /** The answer's body is read up to this size, in bytes after decompression. */
  maxAnswerBytes: number
}

export type BrazeAnswer =
  /** Header names are lower case. A body that is too large is not read to its end, and is left out. */
  | {
      kind: 'answer'
      status: number
      headers: Readonly<Record<string, string>>
      body: string
      isTooLarge?: true
    }
  /** Braze may have applied the request all the same. */
  | { kind: 'no answer'; cause: 'timeout' | 'network' }

/**
 * In milliseconds. A connection that was idle for longer is not used again: Braze may have closed it while Lambda
 * had frozen this process, so a request on it would get no answer.
 */
const MAX_IDLE_MS = 4_000

/** How requests are sent. The agent keeps connections open between them. */
type Transport = { request: typeof requestOverTls; agent: HttpAgent }

const overTls: Transport = { request: requestOverTls, agent: new Agent({ keepAlive: true }) }
let overLoopback: Transport | undefined

/**
 * Only the local run may talk to loopback without TLS. Importing `node:http` loads Node's `fetch`, which would make
 * every start in AWS slower.
 */
async function transportFor({ protocol }: URL): Promise<Transport> {
  if (protocol === 'https:') return overTls
  const http = await import('node:http')
  overLoopback ??= { request: http.request, agent: new http.Agent({ keepAlive: true }) }
  return overLoopback
}

/** When each connection became idle, in milliseconds since 1970. */
const idleSince = new WeakMap<Socket, number>()

function closeStale({ freeSockets }: HttpAgent): void {
  for (const socket of Object.values(freeSockets).flatMap((sockets = []) => sockets))
    if (!isWithin(MAX_IDLE_MS, idleSince.get(socket) ?? 0, Date.now())) socket.destroy()
}

/**
 * POSTs JSON to Braze, once. It is not sent again after a failure, because Braze may have applied it. Redirects are
 * not followed, because that would send the API key to another host.
 * @returns the answer, or why there was none.
 */
export async function callBraze(
  { apiKey, restEndpoint }: Credentials,
  { path, body, timeoutMs, maxAnswerBytes }: BrazeCall,
): Promise<BrazeAnswer> {
  const url = new URL(path, restEndpoint)
  const { request, agent } = await transportFor(url)
  closeStale(agent)
  const bytes = Buffer.from(body)
  const headers = {
    authorization: `Bearer ${apiKey}`,
    'content-type': 'application/json',
    'content-length': bytes.length,
    'user-agent': 'actioniq-braze-bridge',
  }
  const { promise, resolve } = Promise.withResolvers<BrazeAnswer>()
  const sent = request(url, { method: 'POST', headers, agent })
  // It covers the whole exchange: the connection, the headers of the answer and its body.
  const timer = setTimeout(() => {
    resolve({ kind: 'no answer', cause: 'timeout' })
    sent.destroy()
  }, timeoutMs)
  const fail = () => resolve({ kind: 'no answer', cause: 'network' })
  sent.on('error', fail)
  sent.on('response', (response) => {
    const { socket } = response
    readAnswer(response, maxAnswerBytes)
      .finally(() => idleSince.set(socket, Date.now()))
      .then(resolve, fail)
  })
  sent.end(bytes)
  const answer = await promise
  clearTimeout(timer)
  if (answer.kind === 'no answer') return answer
  // Braze can echo the key, and its error texts end up in dead letters and in answers to senders.
  return { ...answer, body: answer.body.replaceAll(apiKey, '(the key)') }
}

type ReadAnswer = Extract<BrazeAnswer, { kind: 'answer' }>

async function readAnswer(response: IncomingMessage, maxBytes: number): Promise<ReadAnswer> {
  const { statusCode: status = 0 } = response
  const headers = headersOf(response)
  const body = await textUpTo(maxBytes, response)
  return body === undefined
    ? { kind: 'answer', status, headers, body: '', isTooLarge: true }
    : { kind: 'answer', status, headers, body }
}

/** A header that came several times is joined as HTTP joins it (RFC 9110, 5.2). */
const headersOf = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )

/**
 * Reads a body. Leaving the loop closes the connection, so nothing more of an endless body is received. No
 * compression is asked for; an answer that is compressed all the same is expanded.
 * @returns undefined if it is larger than `maxBytes`.
 */
async function textUpTo(maxBytes: number, response: IncomingMessage): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of response) {
    bytes += chunk.length
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  const sent = Buffer.concat(chunks)
  if (response.headers['content-encoding'] !== 'gzip') return new TextDecoder().decode(sent)
  try {
    return new TextDecoder().decode(gunzipSync(sent, { maxOutputLength: maxBytes }))
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}

/**
 * In bytes. The largest answer to /users/track has an error for each of 75 objects, which is a few kilobytes.
 * Without a limit, an answer of 100 MB would exhaust the function's memory.
 */
const MAX_TRACK_ANSWER_BYTES = 1_000_000

/**
 * In bytes. An answer about 50 profiles, the most that Braze returns at once, can be large. More than this does not
 * fit into a function's response.
 */
export const MAX_EXPORT_ANSWER_BYTES = 5_000_000

/** Braze's two routes. They have no trailing slash, because Braze can answer 403 to a path that has one. */
export const TRACK_PATH = '/users/track'
export const EXPORT_IDS_PATH = '/users/export/ids'

export const track = (credentials: Credentials, body: string): Promise<BrazeAnswer> =>
  callBraze(credentials, {
    path: TRACK_PATH,
    body,
    timeoutMs: TRACK_TIMEOUT_MS,
    maxAnswerBytes: MAX_TRACK_ANSWER_BYTES,
  })
