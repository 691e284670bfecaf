import { parseJson } from '../../../functions/shared/json.ts'
import { pathWithoutQuery } from './check-access.ts'
import { isRecord, type SimulatorOutcome, type SimulatorRequest } from './outcome.ts'
import { arraysOf, type TrackArrays, usersOf } from './track-body.ts'

/** A request as the simulator remembers it. */
export type RequestEntry = {
  /** When it arrived, in epoch milliseconds. */
  at: number
  /** When its answer or reset was due: `at` plus the scripted delay. */
  answeredAt: number
  method: string
  path: string
  status: number | 'reset'
  /** Whether it stored anything. */
  applied: boolean
  /** The number of objects in each array of the body. */
  objects: Record<keyof TrackArrays, number>
  /** The number of entries in the answer's `errors[]`. */
  errors: number
  /**
   * Each user once, in order: `external_id:u-1`, `braze_id:…`, `user_alias:label:name`, `email:…`, `phone:…`.
   */
  users: string[]
  headers: SimulatorRequest['headers']
  /** The parsed body; undefined if it was not JSON. */
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
