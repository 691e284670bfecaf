import { parseJson } from '../../../functions/shared/json.ts'
import { pathWithoutQuery } from './check-access.ts'
import { isRecord, type SimulatorOutcome, type SimulatorRequest } from './outcome.ts'
import { arraysOf, type TrackBody, usersOf } from './track-body.ts'

/** What the simulator remembers of a request. */
export type RequestEntry = {
  /** Epoch milliseconds, when it arrived. */
  at: number
  /** When its answer or reset was due: `at` and the scripted delay. */
  answeredAt: number
  method: string
  path: string
  status: number | 'reset'
  /** Whether it stored anything. */
  applied: boolean
  /** How many objects each array of the body held. */
  objects: Record<keyof TrackBody, number>
  /** How many entries the answer's `errors[]` had. */
  errors: number
  /** Each user once, in order: `external_id:u-1`, `braze_id:…`, `user_alias:label:name`, `email:…`, `phone:…`. */
  users: string[]
  headers: SimulatorRequest['headers']
  /** The body, parsed; `undefined` where it was no JSON. */
  body: unknown
}

export function toEntry(
  request: SimulatorRequest,
  body: unknown,
  outcome: SimulatorOutcome,
  at: number,
  applied: boolean,
): RequestEntry {
  const arrays = arraysOf(body)
  return {
    at,
    answeredAt: at + outcome.delayMs,
    method: request.method,
    path: pathWithoutQuery(request),
    status: outcome.kind === 'answer' ? outcome.status : 'reset',
    applied,
    objects: {
      attributes: arrays.attributes.length,
      events: arrays.events.length,
      purchases: arrays.purchases.length,
    },
    errors: outcome.kind === 'answer' ? countErrors(outcome.body) : 0,
    users: usersOf(arrays),
    headers: request.headers,
    body,
  }
}

function countErrors(answerBody: string): number {
  const answer = parseJson(answerBody)
  return isRecord(answer) && Array.isArray(answer.errors) ? answer.errors.length : 0
}
