import type { ReadSecret } from '../shared/cached-secret.ts'
import type { Count, Log } from '../shared/log.ts'
import type { SendBatch } from '../shared/queue.ts'
import type { InboundSecret } from '../shared/secrets.ts'
import { type Answer, answerTo, type Taken } from './answer.ts'
import { authenticate } from './authenticate.ts'
import { decode } from './decode.ts'
import { senderKeyOf } from './deduplicate.ts'
import { enqueue } from './enqueue.ts'
import { toLetters } from './letters.ts'
import { toMessages } from './messages.ts'
import { isProblem, METHOD_NOT_ALLOWED, type Problem, QUEUE_UNAVAILABLE } from './problem.ts'
import { toRecords } from './records.ts'
import { tell } from './report.ts'
import type { BridgeRequest } from './request.ts'
import { routeOf } from './route.ts'
import { toRows } from './rows.ts'
import type { Settings } from './settings.ts'

/** Everything the receiver does to the world. */
export type Deps = {
  readSecret: ReadSecret<InboundSecret>
  sendBatch: SendBatch
  /** Milliseconds since 1970. */
  now: () => number
  newId: () => string
  pause: (ms: number) => Promise<void>
  log: Log
  count: Count
  settings: Settings
}

/**
 * API Gateway gives up on an answer 30 s after the request came, and a call to SQS that hangs takes up to 12 s to fail.
 */
const ENQUEUE_WITHIN_MS = 15_000

/** Takes one request: answers only when every row of it stands in a queue, accepted or parked. */
export async function receive(request: BridgeRequest, deps: Deps): Promise<Answer> {
  const startedAt = deps.now()
  const outcome = await take(request, deps, startedAt)
  const answer = answerTo(outcome, request.id)
  tell(request, outcome, answer.status, deps.now() - startedAt, deps)
  return request.method === 'HEAD' ? { ...answer, body: '' } : answer
}

const NOTHING: Taken = { records: { read: [], refused: [] }, ignoredFields: [] }

async function take(request: BridgeRequest, deps: Deps, startedAt: number): Promise<Taken | Problem> {
  const stranger = await authenticate(request.headers, deps)
  if (stranger) return stranger

  const route = routeOf(request.path)
  if (isProblem(route)) return route
  if (request.method === 'GET' || request.method === 'HEAD') return NOTHING
  if (request.method !== 'POST') return METHOD_NOT_ALLOWED

  const decoded = decode(request)
  if (isProblem(decoded)) return decoded
  const rows = toRows(decoded.json, request.query, route.endpoint)
  if (isProblem(rows)) return rows

  const { settings, newId } = deps
  const records = toRecords(rows, route.endpoint, settings)
  const origin = {
    connection: route.connection,
    receivedAt: new Date(startedAt).toISOString(),
    requestId: request.id,
    senderKey: senderKeyOf(request.headers),
  }
  const messages = toMessages(records.read, origin, settings, newId)
  const letters = toLetters(records.refused, origin, route.endpoint, rows.inherited, settings, newId)
  const lists = [...messages, ...letters.map((letter) => [letter])]
  const complete = await enqueue(lists, startedAt + ENQUEUE_WITHIN_MS, deps)
  return complete ? { records, ignoredFields: rows.ignoredFields } : QUEUE_UNAVAILABLE
}
