import { authenticateSender, type Sender } from '../shared/authenticate.ts'
import type { Count } from '../shared/emit-metrics.ts'
import type { BridgeRequest } from '../shared/http-request.ts'
import type { Log } from '../shared/log.ts'
import type { NamePeople } from '../shared/person-hash.ts'
import type { Signature } from '../shared/proofs.ts'
import type { OutgoingMessage, SendBatch } from '../shared/queue.edge.ts'
import type { InboundSecret, ReadSecret } from '../shared/secrets.ts'
import { type Answer, answerTo, type StoredRequest, trackAnswerTo } from './answer/answer.ts'
import { authProblem } from './answer/auth-problem.ts'
import { logRequest } from './answer/report.ts'
import { toCapturesQueue, writeCapture } from './capture/capture.ts'
import { ENQUEUE_WITHIN_MS } from './limits.ts'
import {
  isProblem,
  METHOD_NOT_ALLOWED,
  type Problem,
  QUEUE_UNAVAILABLE,
  TOO_MANY_ROUNDS,
} from './problems.ts'
import { type ReadRequest, readRequest } from './read/read-request.ts'
import { isTrack, type RequestContext, requestContext, unsignedPart } from './request-context.ts'
import type { ReceiverSettings } from './settings.ts'
import { toDeadLetters } from './store/dead-letters.ts'
import { enqueue, takesTooLong } from './store/enqueue.ts'
import { requestKeysOf, toMessages } from './store/messages.ts'

/** Everything through which the receiver reads or changes the outside world. */
export type ReceiverDeps = {
  /** Returns the reader of the inbound secret of the connection with this name. */
  readSecret: (connection: string) => ReadSecret<InboundSecret>
  sendBatch: SendBatch
  /** Milliseconds since 1970. */
  now: () => number
  newId: () => string
  pause: (ms: number) => Promise<void>
  log: Log
  count: Count
  namePeople: NamePeople
  settings: ReceiverSettings
}

/**
 * Handles one request. It reports a row as accepted or rejected only once the row is stored in a queue, as
 * accepted or as a dead letter; for a connection in capture mode, once the reading of the request is stored.
 */
export async function receive(request: BridgeRequest, deps: ReceiverDeps): Promise<Answer> {
  const context = requestContext(request, deps.settings.connections, deps.now())
  const outcome = await take(context, deps)
  const answer = isTrack(context) ? trackAnswerTo(outcome) : answerTo(outcome, request.id)
  await logRequest(context, outcome, answer.status, deps)
  return request.method === 'HEAD' ? { ...answer, body: '' } : answer
}

async function take(context: RequestContext, deps: ReceiverDeps): Promise<StoredRequest | Problem> {
  const { request, sender, receivedAt } = context
  const authenticated = await authenticateSender(request, sender, deps)
  if (typeof authenticated === 'string') return authProblem(authenticated, sender.connection)
  const planned = plan(context, authenticated.signature, deps)
  if (sender.connection.mode === 'capture') return capture(planned, context, deps)
  if (isProblem(planned)) return planned
  const complete = await enqueue(planned.lanes, receivedAt + ENQUEUE_WITHIN_MS, deps)
  return complete ? storedRequest(planned.read, sender) : QUEUE_UNAVAILABLE
}

/**
 * How a request was read, and the messages and dead letters that it becomes. There is one list for each lane
 * and one for each dead letter; each is sent in its order.
 */
export type Plan = { read: ReadRequest; lanes: OutgoingMessage[][] }

const EMPTY_PLAN: Plan = {
  read: { records: { accepted: [], rejected: [] }, inherited: {}, ignoredFields: [] },
  lanes: [],
}

/**
 * Reads a request and decides what it becomes. It has no side effects.
 * @param signature undefined if the sender showed the token itself. Otherwise, only what the signature covers may
 * decide what is written.
 */
export function plan(
  context: RequestContext,
  signature: Signature | undefined,
  { settings, newId }: Pick<ReceiverDeps, 'settings' | 'newId'>,
): Plan | Problem {
  const { request, route, sender, reader, receivedAt } = context
  if (isProblem(route)) return route
  const unsigned = signature && unsignedPart(request, sender, route.endpoint)
  if (unsigned) return unsigned
  const isTest = (request.method === 'GET' || request.method === 'HEAD') && request.body.length === 0
  if (isTest && !isTrack(context)) return EMPTY_PLAN
  if (request.method !== 'POST') return METHOD_NOT_ALLOWED
  const read = readRequest(request, route.endpoint, reader)
  if (isProblem(read)) return read
  const origin = {
    connection: sender.name,
    receivedAt: new Date(receivedAt).toISOString(),
    requestId: request.id,
    ...requestKeysOf(request, signature),
  }
  const messages = toMessages(read.records.accepted, origin, settings, newId)
  if (takesTooLong(messages)) return TOO_MANY_ROUNDS
  const source = { origin, endpoint: route.endpoint, inherited: read.inherited, columnOf: reader.columnOf }
  const deadLetters = toDeadLetters(read.records.rejected, source, settings, newId)
  return { read, lanes: [...messages, ...deadLetters.map((deadLetter) => [deadLetter])] }
}

/** Stores how the request was read instead of queueing its rows. */
async function capture(
  planned: Plan | Problem,
  context: RequestContext,
  deps: ReceiverDeps,
): Promise<StoredRequest | Problem> {
  const body = writeCapture(isProblem(planned) ? planned : planned.read, context)
  const message = toCapturesQueue(body, context.sender.name, deps.settings)
  if (!(await enqueue([[message]], context.receivedAt + ENQUEUE_WITHIN_MS, deps))) return QUEUE_UNAVAILABLE
  return { ...(isProblem(planned) ? planned : storedRequest(planned.read, context.sender)), captured: true }
}

const storedRequest = (
  { records, ignoredFields, lines, skippedRows, isHeaderOnly, places }: ReadRequest,
  { name, connection }: Sender,
): StoredRequest => ({
  records,
  ignoredFields,
  connection: name,
  mode: connection.mode,
  ...(lines && { lines }),
  ...(skippedRows !== undefined && { skippedRows }),
  ...(isHeaderOnly && { isHeaderOnly }),
  ...(places && { places }),
})
