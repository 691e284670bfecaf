import { parseJson } from '../../../functions/shared/json.ts'
import { BAD_REQUEST, type ControlRequest, type ControlResponse, NOT_FOUND } from './control-response.ts'
import type { ControlParts } from './parts.ts'
import { summarizeQueue } from './summarize-queue.ts'
import { type Live, RedriveRequest } from './window-shapes.ts'

/** The number of dead letters with one code that the window shows. */
const MAX_DEAD_LETTERS = 50

/** Answers the requests that only the window makes. @returns undefined for any other address. */
export async function answerWindow(
  request: ControlRequest,
  parts: ControlParts,
): Promise<ControlResponse | undefined> {
  const { window } = parts
  const { method, path, query } = request
  switch (`${method} ${path}`) {
    case 'GET /api/window':
      return { status: 200, body: window.facts }
    case 'GET /api/live':
      return { status: 200, body: liveOf(parts) }
    case 'GET /api/letters':
      return { status: 200, body: window.deadLetters.newest(query.get('code') ?? '', MAX_DEAD_LETTERS) }
    case 'GET /api/letter':
      return deadLetterResponse(window.deadLetters.body(query.get('id') ?? ''))
    case 'POST /api/put-back':
      return redrive(request, parts)
    case 'POST /api/send':
      return send(request, parts)
    case 'GET /api/person':
      return { status: 200, body: await window.lookUp(query.get('id') ?? '') }
  }
  return undefined
}

function liveOf({ window: { counters, deadLetters }, groups, isEnabled, now }: ControlParts): Live {
  const queueOf = (queue: 'profiles' | 'events') => ({
    ...summarizeQueue(groups(queue)),
    enabled: isEnabled(queue),
  })
  return {
    now: now(),
    totals: counters.totals(),
    queues: { profiles: queueOf('profiles'), events: queueOf('events') },
    brazeRequests: counters.brazeRequests(),
    letters: deadLetters.overview(),
  }
}

const deadLetterResponse = (body: string | undefined): ControlResponse =>
  body === undefined ? NOT_FOUND : { status: 200, body: { body } }

async function redrive({ body }: ControlRequest, { window }: ControlParts): Promise<ControlResponse> {
  const { data } = RedriveRequest.safeParse(parseJson(body))
  if (!data) return BAD_REQUEST
  const { yes, ...choice } = data
  return { status: 200, body: await window.redrive(choice, yes) }
}

async function send(
  { query, contentType, bytes }: ControlRequest,
  { window }: ControlParts,
): Promise<ControlResponse> {
  const endpoint = query.get('endpoint') ?? ''
  if (!window.facts.endpoints.includes(endpoint)) return BAD_REQUEST
  const connection = query.get('connection') ?? ''
  const sent = await window.send({ connection, endpoint, contentType, body: bytes })
  return sent ? { status: 200, body: sent } : BAD_REQUEST
}
