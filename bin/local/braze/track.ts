import { judgeAttributes } from './attributes.ts'
import type { Change, Verdict } from './change.ts'
import { judgeEvent, judgePurchase } from './events-and-purchases.ts'
import { type Answer, isObject, jsonAnswer } from './outcome.ts'
import { applyChange, type State } from './state.ts'
import { ARRAYS, type ArrayName, arraysOf, type TrackBody, userOf } from './track-body.ts'

/** Braze takes 75 objects over the three arrays together (docs, "User track"); older accounts 75 in each. */
const MAX_OBJECTS = 75

/** An entry of an answer's `errors[]`. Braze sends some without an index. */
export type ObjectError = { type: string; input_array?: ArrayName | undefined; index?: number | undefined }

/** How a script distorts an answer. */
export type Distortion = {
  /** The error for users to refuse, by their label. */
  rejected: (label: string | undefined) => string | undefined
  errors: (errors: ObjectError[], sent: TrackBody) => ObjectError[]
}

export const UNDISTORTED: Distortion = { rejected: () => undefined, errors: (errors) => errors }

const JUDGES = { attributes: judgeAttributes, events: judgeEvent, purchases: judgePurchase }

/** Carries out `POST /users/track`: judges object after object and applies those that pass. */
export function track(
  state: State,
  body: unknown,
  now: number,
  { rejected, errors: distorted }: Distortion,
): { answer: Answer; changes: Change[] } {
  const sent = arraysOf(body)
  const refusal = refuse(body, sent)
  if (refusal) return { answer: refusal, changes: [] }

  const changes: Change[] = []
  const errors: ObjectError[] = []
  for (const input_array of ARRAYS)
    for (const [index, object] of sent[input_array].entries()) {
      const verdict = judge(state, input_array, object, now, rejected)
      if (!verdict.ok) errors.push({ type: verdict.error, input_array, index })
      else for (const change of verdict.changes) applyChange(state, change)
      if (verdict.ok) changes.push(...verdict.changes)
    }
  return { answer: answerFor(sent, errors, distorted(errors, sent)), changes }
}

function judge(
  state: State,
  array: ArrayName,
  object: unknown,
  now: number,
  rejected: Distortion['rejected'],
): Verdict {
  const error = rejected(userOf(object))
  if (error !== undefined) return { ok: false, error }
  if (!isObject(object)) return { ok: false, error: `Each of ${array} must be an object` }
  return JUDGES[array](state, object, now)
}

/** What refuses the request as a whole, before any object is looked at. */
function refuse(body: unknown, sent: TrackBody): Answer | undefined {
  if (body === undefined) return jsonAnswer(400, { message: 'The body could not be parsed as JSON' })
  const misshapen = ARRAYS.find(
    (name) => isObject(body) && body[name] !== undefined && !Array.isArray(body[name]),
  )
  if (misshapen) return jsonAnswer(400, { message: `${misshapen} must be an array` })
  const objects = ARRAYS.reduce((sum, name) => sum + sent[name].length, 0)
  if (objects > MAX_OBJECTS) return jsonAnswer(400, { message: 'Max Input Length Exceeded' })
  return objects === 0 ? nothingValid([]) : undefined
}

function answerFor(sent: TrackBody, errors: ObjectError[], shown: ObjectError[]): Answer {
  const processed = (name: ArrayName) =>
    sent[name].length - errors.filter(({ input_array }) => input_array === name).length
  if (ARRAYS.every((name) => processed(name) === 0)) return nothingValid(shown)
  const counters = ARRAYS.filter((name) => sent[name].length > 0).map((name) => [
    `${name}_processed`,
    processed(name),
  ])
  return jsonAnswer(201, {
    message: 'success',
    ...Object.fromEntries(counters),
    ...(shown.length > 0 ? { errors: shown } : {}),
  })
}

function nothingValid(errors: ObjectError[]): Answer {
  const message = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
  return jsonAnswer(400, { message, errors })
}
