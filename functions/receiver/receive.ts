import { authenticate } from '../shared/authentication/authenticate.ts'
import type { ReadSecret } from '../shared/cached-secret.ts'
import { DEFAULT_CONNECTION } from '../shared/connection.ts'
import type { Count, Log } from '../shared/log.ts'
import type { SendBatch } from '../shared/queue.ts'
import type { BridgeRequest } from '../shared/request.ts'
import type { InboundSecret } from '../shared/secrets.ts'
import { senderOf } from '../shared/sender.ts'
import { type Answer, answerTo, type Taken } from './answer.ts'
import { senderKeyOf } from './deduplicate.ts'
import { enqueue } from './enqueue.ts'
import { toLetters } from './letters.ts'
import { toMessages } from './messages.ts'
import {
  isProblem,
  METHOD_NOT_ALLOWED,
  NO_SUCH_CONNECTION,
  type Problem,
  QUEUE_UNAVAILABLE,
  TOO_MANY_ROUNDS,
} from './problem.ts'
import { type ReadRequest, readRequest } from './read-request.ts'
import { tell } from './report.ts'
import { isTrack, type Route, routeOf, TRACK } from './route.ts'
import type { Settings } from './settings.ts'
import { trackAnswerTo } from './track-answer.ts'
import { turnAway } from './turn-away.ts'

/** Everything the receiver does to the world. */
export type Deps = {
  /** The inbound secret of the connection of this name. */
  readSecret: (connection: string) => ReadSecret<InboundSecret>
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
  const answer = isTrack(request.path) ? trackAnswerTo(outcome) : answerTo(outcome, request.id)
  tell(request, outcome, answer.status, deps.now() - startedAt, deps)
  return request.method === 'HEAD' ? { ...answer, body: '' } : answer
}

const NOTHING: Taken = { records: { read: [], refused: [] }, ignoredFields: [] }

async function take(request: BridgeRequest, deps: Deps, startedAt: number): Promise<Taken | Problem> {
  const route = routeOf(request.path)
  const asked = isProblem(route) ? DEFAULT_CONNECTION : route.connection
  const sender = senderOf(asked, deps.settings.connections)
  const stranger = await authenticate(request, sender, deps)
  if (stranger) return turnAway(stranger, sender.connection)
  if (isProblem(route)) return route
  if (sender.name !== route.connection) return NO_SUCH_CONNECTION

  const isTest = request.method === 'GET' || request.method === 'HEAD'
  if (isTest && route.endpoint !== TRACK) return NOTHING
  if (request.method !== 'POST') return METHOD_NOT_ALLOWED
  const read = readRequest(request, route.endpoint, sender.connection)
  if (isProblem(read)) return read
  return store(read, route, request, deps, startedAt)
}

async function store(
  { records, inherited, ...told }: ReadRequest,
  { connection, endpoint }: Route,
  request: BridgeRequest,
  deps: Deps,
  startedAt: number,
): Promise<Taken | Problem> {
  const { settings, newId } = deps
  const origin = {
    connection,
    receivedAt: new Date(startedAt).toISOString(),
    requestId: request.id,
    senderKey: senderKeyOf(request.headers),
  }
  const messages = toMessages(records.read, origin, settings, newId)
  if (messages.some((lane) => lane.length > MAX_ROUNDS)) return TOO_MANY_ROUNDS
  const letters = toLetters(records.refused, origin, endpoint, inherited, settings, newId)
  const lists = [...messages, ...letters.map((letter) => [letter])]
  const complete = await enqueue(lists, startedAt + ENQUEUE_WITHIN_MS, deps)
  return complete ? { records, ...told } : QUEUE_UNAVAILABLE
}
