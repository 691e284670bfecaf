import * as z from 'zod'
import { parseJson } from '../../../functions/shared/json.ts'
import { jsonResponse, type SimulatorResponse } from './outcome.ts'
import { JsonStep } from './script.ts'
import type { BrazeSimulator } from './simulator.ts'

const GUIDE = `The Braze simulator. It answers POST /users/track and POST /users/export/ids as Braze does. In addition:

GET    /simulator/profiles                 every profile
GET    /simulator/profiles/{external_id}   one profile, also by its braze_id
GET    /simulator/events                   every event, in order of arrival
POST   /simulator/script                   adds steps for later requests, a JSON array
DELETE /simulator/script                   removes all steps

Each request takes the first step that matches it, and each step serves one request unless "times" says otherwise.
  {"do":"answer","status":503,"times":3}                    401, 403, 404, 413, 5xx and 202, with their typical bodies
  {"do":"answer","status":400,"body":{"message":"no"}}      with a body and "headers" of your own
  {"do":"answer","status":502,"apply":true}                 the request is carried out, and its answer is lost
  {"do":"rate limit","dialect":"retry-after","seconds":7}   or x-ratelimit-retry-after, x-ratelimit-reset epoch,
                                                            x-ratelimit-reset seconds, none
  {"do":"delay","delayMs":2000}                             handled normally, answered late
  {"do":"reset","apply":false}                              the connection breaks, before or (true) after applying
  {"do":"reject","rejected":["external_id:u-1"]}            the objects of these users are rejected; "indexes" is right,
                                                            missing, twice or out of range
  {"do":"add errors","errors":[{"type":"odd"}]}             adds to the answer's errors
Which requests: "times" (a number or "always"), "users" (["external_id:u-1"]), "event" (a name),
"path" (/users/track unless set).
`

type AdminRequest = { method: string; path: string; body: string }

/** Answers requests to the simulator itself. @returns undefined for a request that is meant for Braze. */
export function administer(
  braze: BrazeSimulator,
  { method, path, body }: AdminRequest,
): SimulatorResponse | undefined {
  const [pathOnly = ''] = path.split('?', 1)
  if (pathOnly !== '/simulator' && !pathOnly.startsWith('/simulator/')) return undefined
  switch (`${method} ${pathOnly}`) {
    case 'GET /simulator':
      return { status: 200, headers: { 'content-type': 'text/plain; charset=utf-8' }, body: GUIDE }
    case 'GET /simulator/profiles':
      return jsonResponse(200, { profiles: braze.profiles() })
    case 'GET /simulator/events':
      return jsonResponse(200, { events: braze.events() })
    case 'POST /simulator/script':
      return addSteps(braze, body)
    case 'DELETE /simulator/script':
      braze.clearScript()
      return jsonResponse(200, { steps: 0 })
  }
  const profile = method === 'GET' && profileAt(braze, pathOnly)
  return profile
    ? jsonResponse(200, profile)
    : jsonResponse(404, { message: 'Nothing here: see GET /simulator' })
}

function addSteps(braze: BrazeSimulator, body: string): SimulatorResponse {
  const steps = z.array(JsonStep).safeParse(parseJson(body))
  if (!steps.success) return jsonResponse(400, { message: z.prettifyError(steps.error) })
  braze.script(steps.data)
  return jsonResponse(200, { steps: steps.data.length })
}

function profileAt(braze: BrazeSimulator, path: string) {
  const [, encoded] = /^\/simulator\/profiles\/(.+)$/.exec(path) ?? []
  if (encoded === undefined) return undefined
  try {
    const id = decodeURIComponent(encoded)
    return braze.profile({ external_id: id }) ?? braze.profile({ braze_id: id })
  } catch {
    return undefined // The percent-encoding is invalid.
  }
}
