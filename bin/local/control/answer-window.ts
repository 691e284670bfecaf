import { parseJson } from '../../../functions/shared/json.ts'
import { type Answered, type Asked, NOT_FOUND, WRONG } from './answers.ts'
import type { ControlParts } from './parts.ts'
import { summed } from './summed.ts'
import { type Live, PutBackAsked } from './window-shapes.ts'

/** Letters of one code that are shown at a time. */
const SHOWN_LETTERS = 50

/** Answers what only the window asks. @returns undefined for any other address. */
export async function answerWindow(asked: Asked, parts: ControlParts): Promise<Answered | undefined> {
  const { window } = parts
  const { method, path, query } = asked
  switch (`${method} ${path}`) {
    case 'GET /api/window':
      return { status: 200, body: window.facts }
    case 'GET /api/live':
      return { status: 200, body: liveOf(parts) }
    case 'GET /api/letters':
      return { status: 200, body: window.letters.newest(query.get('code') ?? '', SHOWN_LETTERS) }
    case 'GET /api/letter':
      return letter(window.letters.body(query.get('id') ?? ''))
    case 'POST /api/put-back':
      return putBack(asked, parts)
    case 'POST /api/send':
      return send(asked, parts)
    case 'GET /api/person':
      return { status: 200, body: await window.lookUp(query.get('id') ?? '') }
  }
  return undefined
}

function liveOf({ window: { tally, letters }, groups, isEnabled, now }: ControlParts): Live {
  const queueOf = (queue: 'profiles' | 'events') => ({ ...summed(groups(queue)), enabled: isEnabled(queue) })
  return {
    now: now(),
    totals: tally.totals(),
    queues: { profiles: queueOf('profiles'), events: queueOf('events') },
    brazeRequests: tally.brazeRequests(),
    letters: letters.overview(),
  }
}

const letter = (body: string | undefined): Answered =>
  body === undefined ? NOT_FOUND : { status: 200, body: { body } }

async function putBack({ body }: Asked, { window }: ControlParts): Promise<Answered> {
  const { data } = PutBackAsked.safeParse(parseJson(body))
  if (!data) return WRONG
  const { yes, ...choice } = data
  return { status: 200, body: await window.putBack(choice, yes) }
}

async function send({ query, contentType, bytes }: Asked, { window }: ControlParts): Promise<Answered> {
  const endpoint = query.get('endpoint') ?? ''
  if (!window.facts.endpoints.includes(endpoint)) return WRONG
  const connection = query.get('connection') ?? ''
  const sent = await window.send({ connection, endpoint, contentType, body: bytes })
  return sent ? { status: 200, body: sent } : WRONG
}
