import { authenticate, type Sender, senderOf } from '../shared/authenticate.ts'
import { DEFAULT_CONNECTION } from '../shared/connection.ts'
import type { Count } from '../shared/emit-metrics.ts'
import type { BridgeRequest } from '../shared/http-request.ts'
import type { Log } from '../shared/log.ts'
import type { NamePeople } from '../shared/person-hash.ts'
import type { Outgoing, SendBatch } from '../shared/queue.edge.ts'
import type { InboundSecret, ReadSecret } from '../shared/secrets.ts'
import { type Answer, answerTo, type Taken, trackAnswerTo } from './answer/answer.ts'
import { turnAway } from './answer/auth-problem.ts'
import { tell } from './answer/report.ts'
import { toCapturesQueue, writeCapture } from './capture/capture.ts'
import {
  isProblem,
  METHOD_NOT_ALLOWED,
  NO_SUCH_CONNECTION,
  type Problem,
  QUEUE_UNAVAILABLE,
  TOO_MANY_ROUNDS,
} from './problems.ts'
import { type ReadRequest, readRequest } from './read/read-request.ts'
import { isTrack, type Route, routeOf, TRACK } from './request-context.ts'
import type { Settings } from './settings.ts'
import { toLetters } from './store/dead-letters.ts'
import { ENQUEUE_WITHIN_MS, enqueue, takesTooLong } from './store/enqueue.ts'
import { senderKeyOf, toMessages } from './store/messages.ts'

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
  namePeople: NamePeople
  settings: Settings
}

/**
 * Takes one request: answers only when every row of it stands in a queue, accepted or parked; or, where its connection
 * only captures, when its reading does.
 */
export async function receive(request: BridgeRequest, deps: Deps): Promise<Answer> {
  const startedAt = deps.now()
  const outcome = await take(request, deps, startedAt)
  const answer = isTrack(request.path) ? trackAnswerTo(outcome) : answerTo(outcome, request.id)
  await tell(request, outcome, answer.status, deps.now() - startedAt, deps)
  return request.method === 'HEAD' ? { ...answer, body: '' } : answer
}

async function take(request: BridgeRequest, deps: Deps, startedAt: number): Promise<Taken | Problem> {
  const route = routeOf(request.path)
  const asked = isProblem(route) ? DEFAULT_CONNECTION : route.connection
  const sender = senderOf(asked, deps.settings.connections)
  const stranger = await authenticate(request, sender, deps)
  if (stranger) return turnAway(stranger, sender.connection)
  const planned = plan(request, route, sender, startedAt, deps)
  if (sender.connection.mode === 'capture') return capture(planned, request, route, sender, startedAt, deps)
  if (isProblem(planned)) return planned
  const complete = await enqueue(planned.lists, startedAt + ENQUEUE_WITHIN_MS, deps)
  return complete ? takenOf(planned.read) : QUEUE_UNAVAILABLE
}

/** What a request was read as, and the messages and letters that it becomes, one list for each lane. */
export type Plan = { read: ReadRequest; lists: Outgoing[][] }

const NOTHING: Plan = {
  read: { records: { read: [], refused: [] }, inherited: {}, ignoredFields: [] },
  lists: [],
}

/** Reads a request and decides what it becomes. Changes nothing anywhere. */
export function plan(
  request: BridgeRequest,
  route: Route | Problem,
  sender: Sender,
  startedAt: number,
  { settings, newId }: Pick<Deps, 'settings' | 'newId'>,
): Plan | Problem {
  if (isProblem(route)) return route
  if (sender.name !== route.connection) return NO_SUCH_CONNECTION
  const isTest = request.method === 'GET' || request.method === 'HEAD'
  if (isTest && route.endpoint !== TRACK) return NOTHING
  if (request.method !== 'POST') return METHOD_NOT_ALLOWED
  const read = readRequest(request, route.endpoint, sender.connection)
  if (isProblem(read)) return read
  const origin = {
    connection: sender.name,
    receivedAt: new Date(startedAt).toISOString(),
    requestId: request.id,
    senderKey: senderKeyOf(request.headers),
  }
  const messages = toMessages(read.records.read, origin, settings, newId)
  if (takesTooLong(messages)) return TOO_MANY_ROUNDS
  const letters = toLetters(read.records.refused, origin, route.endpoint, read.inherited, settings, newId)
  return { read, lists: [...messages, ...letters.map((letter) => [letter])] }
}

/** Stores how the request was read, in the place of all that it would lead to. */
async function capture(
  planned: Plan | Problem,
  request: BridgeRequest,
  route: Route | Problem,
  { name, connection }: Sender,
  receivedAt: number,
  deps: Deps,
): Promise<Taken | Problem> {
  const endpoint = isProblem(route) ? undefined : route.endpoint
  const body = writeCapture(isProblem(planned) ? planned : planned.read, {
    request,
    endpoint,
    name,
    connection,
    receivedAt,
  })
  const message = toCapturesQueue(body, name, deps.settings)
  if (!(await enqueue([[message]], receivedAt + ENQUEUE_WITHIN_MS, deps))) return QUEUE_UNAVAILABLE
  return { ...(isProblem(planned) ? planned : takenOf(planned.read)), captured: true }
}

const takenOf = ({ records, ignoredFields, places }: ReadRequest): Taken => ({
  records,
  ignoredFields,
  ...(places && { places }),
})
