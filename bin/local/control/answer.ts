import { FinishedLine, type FinishedMessage } from '../../../functions/shared/finished-line.ts'
import { parseJson } from '../../../functions/shared/json.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { indented } from '../../cli/json-as-written.ts'
import { ENDPOINTS } from '../../ops/sent-file/request-options.ts'
import { commandOf, verdictOf } from '../../ops/verdict.ts'
import type { ExplainRequest } from '../explain.ts'
import type { StoredEntry } from '../log-entries.ts'
import type { QueuedGroup } from '../queues.ts'
import { RehearsalRequest } from '../rehearsal.ts'
import {
  BAD_REQUEST,
  type ControlParts,
  type ControlRequest,
  type ControlResponse,
  NOT_FOUND,
} from './parts.ts'
import { EventSourceShape, type Live, type QueueShape, RedriveRequest, SinceShape } from './shapes.ts'
import { answerTelemetry, figuresSince } from './telemetry.ts'

/** Answers one request whose control token has already been checked. */
export async function answerControl(request: ControlRequest, parts: ControlParts): Promise<ControlResponse> {
  const { method, path, body } = request
  switch (`${method} ${path}`) {
    case 'GET /api/event-sources':
      return forEachQueue((queue) => ({ enabled: parts.isEnabled(queue) }))
    case 'PUT /api/event-sources/profiles':
      return enable('profiles', body, parts)
    case 'PUT /api/event-sources/events':
      return enable('events', body, parts)
    case 'GET /api/queues':
      return forEachQueue((queue) => summarizeQueue(parts.groups(queue)))
    case 'POST /api/finished':
      return finished(body, parts)
  }
  return answerTelemetry(request, parts.telemetry) ?? (await answerWindow(request, parts)) ?? NOT_FOUND
}

const forEachQueue = <T>(read: (queue: QueueName) => T): ControlResponse => ({
  status: 200,
  body: { profiles: read('profiles'), events: read('events') },
})

function enable(queue: QueueName, body: string, parts: ControlParts): ControlResponse {
  const wanted = EventSourceShape.safeParse(parseJson(body))
  if (!wanted.success) return BAD_REQUEST
  parts.enable(queue, wanted.data.enabled)
  return { status: 200, body: { enabled: parts.isEnabled(queue) } }
}

function finished(body: string, parts: ControlParts): ControlResponse {
  const wanted = SinceShape.safeParse(parseJson(body))
  return wanted.success ? { status: 200, body: { finished: parts.finished(wanted.data.since) } } : BAD_REQUEST
}

/** The number of dead letters with one code that the window shows. */
const MAX_DEAD_LETTERS = 50

/** Answers the requests that only the window makes. @returns undefined for any other address. */
async function answerWindow(
  request: ControlRequest,
  parts: ControlParts,
): Promise<ControlResponse | undefined> {
  const { window } = parts
  const { method, path, query } = request
  switch (`${method} ${path}`) {
    case 'GET /api/window':
      return { status: 200, body: { ...window.facts, curl: window.curl() } }
    case 'GET /api/live':
      return { status: 200, body: liveOf(parts) }
    case 'GET /api/dead-letters':
      return { status: 200, body: window.deadLetters.newest(query.get('code') ?? '', MAX_DEAD_LETTERS) }
    case 'GET /api/dead-letter':
      return deadLetterResponse(window.deadLetters.body(query.get('id') ?? ''))
    case 'POST /api/redrive':
      return redrive(request, parts)
    case 'POST /api/send':
      return send(request, parts)
    case 'POST /api/explain':
      return explain(request, parts)
    case 'POST /api/rehearsal':
      return rehearse(request, parts)
    case 'GET /api/person':
      return { status: 200, body: await window.lookUp(query.get('id') ?? '') }
  }
  return undefined
}

function liveOf(parts: ControlParts): Live {
  const { window, groups, isEnabled, now } = parts
  const { counters, deadLetters } = window
  const queueOf = (queue: 'profiles' | 'events') => ({
    ...summarizeQueue(groups(queue)),
    enabled: isEnabled(queue),
  })
  const queues = { profiles: queueOf('profiles'), events: queueOf('events') }
  return {
    now: now(),
    verdict: judge(queues, parts),
    totals: counters.totals(),
    queues,
    brazeRequests: counters.brazeRequests(),
    inboundRequests: counters.inboundRequests(),
    deadLetters: deadLetters.overview(),
  }
}

/** In milliseconds. The local figures are not late, so a minute shows enough of what Braze answers. */
const RECENT_MS = 60_000

function judge(queues: Live['queues'], { window, telemetry, now }: ControlParts): Live['verdict'] {
  const at = now()
  const { groups, unread } = window.deadLetters.overview()
  const observe = ({ enabled, waiting, inFlight, oldestSentAt }: QueueShape & { enabled: boolean }) => ({
    isPaused: !enabled,
    waiting,
    inFlight,
    oldestMs: oldestSentAt === undefined ? undefined : at - oldestSentAt,
  })
  const { answers, holds } = figuresSince(telemetry.measurements, at - RECENT_MS)
  const [latest] = window.counters.brazeRequests()
  const { severity, headline, meaning, next } = verdictOf({
    at,
    queues: { profiles: observe(queues.profiles), events: observe(queues.events) },
    deadLetters: unread + groups.reduce((sum, { deadLetters }) => sum + deadLetters, 0),
    answers,
    holds,
    last: latest && { at: latest.at, status: String(latest.status) },
  })
  const command = next === undefined ? {} : { command: commandOf(next, window.facts.targetFlags) }
  return { severity, headline, meaning, ...command }
}

const deadLetterResponse = (body: string | undefined): ControlResponse =>
  body === undefined ? NOT_FOUND : { status: 200, body: { body: indented(body) } }

function rehearse({ body }: ControlRequest, { window }: ControlParts): ControlResponse {
  const { data } = RehearsalRequest.safeParse(parseJson(body))
  if (!data || !window.rehearse) return BAD_REQUEST
  window.rehearse(data.answer)
  return { status: 200, body: {} }
}

async function redrive({ body }: ControlRequest, { window }: ControlParts): Promise<ControlResponse> {
  const { data } = RedriveRequest.safeParse(parseJson(body))
  if (!data) return BAD_REQUEST
  const { yes, ...choice } = data
  return { status: 200, body: await window.redrive(choice, yes) }
}

async function send(request: ControlRequest, { window }: ControlParts): Promise<ControlResponse> {
  const asked = askedToSend(request)
  const sent = asked && (await window.send(asked))
  return sent ? { status: 200, body: { ...sent, body: indented(sent.body) } } : BAD_REQUEST
}

function explain(request: ControlRequest, { window }: ControlParts): ControlResponse {
  const asked = askedToSend(request)
  const explained = asked && window.explain(asked)
  return explained ? { status: 200, body: explained } : BAD_REQUEST
}

/** @returns the request to send or to explain; undefined if the endpoint does not exist. */
function askedToSend({ query, contentType, bytes }: ControlRequest): ExplainRequest | undefined {
  const endpoint = ENDPOINTS.find((known) => known === query.get('endpoint'))
  return endpoint && { connection: query.get('connection') ?? '', endpoint, contentType, body: bytes }
}

/** Adds up the message groups of a queue. */
function summarizeQueue(groups: readonly QueuedGroup[]): QueueShape {
  const oldest = groups.map(({ oldestSentAt }) => oldestSentAt).sort((a, b) => a - b)[0]
  return {
    waiting: groups.reduce((sum, { waiting }) => sum + waiting, 0),
    inFlight: groups.reduce((sum, { inFlight }) => sum + inFlight, 0),
    ...(oldest !== undefined && { oldestSentAt: oldest }),
    lanes: groups.map(({ group, waiting, inFlight }) => ({ lane: group, waiting, inFlight })),
  }
}

/** @returns the messages that the worker's log reports as finished. */
export const finishedIn = (entries: readonly StoredEntry[]): FinishedMessage[] =>
  entries.flatMap(({ entry }) => FinishedLine.safeParse(entry).data?.finished ?? [])
