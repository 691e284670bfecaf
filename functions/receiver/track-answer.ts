import type { Answer, Taken } from './answer.ts'
import { isProblem, type Problem } from './problem.ts'
import { textsOf } from './refusal.ts'
import { TRACK_ARRAYS, type TrackPlace } from './track-body.ts'

/** Answers as Braze's /users/track does, so that a client of Braze reads it. */
export function trackAnswerTo(outcome: Taken | Problem): Answer {
  if (isProblem(outcome)) {
    const { status, title, headers = {} } = outcome
    return json(status, { message: title, errors: [] }, headers)
  }
  const { records, places = [] } = outcome
  const errors = records.refused.map(({ index, code, field }) => ({
    type: field === undefined ? textsOf(code).reason : `${textsOf(code).reason} (${field})`,
    ...places[index],
  }))
  if (records.read.length === 0) return json(400, { message: errors[0]?.type, errors })
  return json(201, {
    message: 'success',
    ...processed(places, errors),
    ...(errors.length > 0 && { errors }),
  })
}

function processed(places: readonly TrackPlace[], errors: readonly Partial<TrackPlace>[]) {
  const sum = (of: readonly Partial<TrackPlace>[], array: string) =>
    of.filter(({ input_array }) => input_array === array).length
  return Object.fromEntries(
    TRACK_ARRAYS.filter((array) => sum(places, array) > 0).map((array) => [
      `${array}_processed`,
      sum(places, array) - sum(errors, array),
    ]),
  )
}

const json = (status: number, body: object, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers },
  body: JSON.stringify(body),
})
