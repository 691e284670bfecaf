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
import { isProblem, METHOD_NOT_ALLOWED, type Problem, QUEUE_UNAVAILABLE, TOO_MANY_ROUNDS } from './problem.ts'
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

/**
 * Messages of one lane go out one after the other. SQS takes 10 to 20 ms for each; with 50 there is time for a slow day
 * and a few repetitions. A lane that needs more rounds would be a 503 each time the sender comes again.
 */
const ENQUEUE_ROUND_MS = 50
const MAX_ROUNDS = ENQUEUE_WITHIN_MS / ENQUEUE_ROUND_MS

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
  if (messages.some((lane) => lane.length > MAX_ROUNDS)) return TOO_MANY_ROUNDS
  const letters = toLetters(records.refused, origin, route.endpoint, rows.inherited, settings, newId)
  const lists = [...messages, ...letters.map((letter) => [letter])]
  const complete = await enqueue(lists, startedAt + ENQUEUE_WITHIN_MS, deps)
  return complete ? { records, ignoredFields: rows.ignoredFields } : QUEUE_UNAVAILABLE
}
