import { judgeAttributes } from './attributes.ts'
import type { ObjectVerdict, StateChange } from './change.ts'
import { judgeEvent, judgePurchase } from './events-and-purchases.ts'
import { isRecord, jsonResponse, type SimulatorResponse } from './outcome.ts'
import { applyChange, identify, type SimulatorState, userLabel } from './state.ts'

/**
 * Braze accepts 75 objects in all three arrays together (docs, "User track"); for older accounts, 75 in each.
 */
const MAX_OBJECTS = 75

/** An entry of an answer's `errors[]`. Braze sends some entries without an index. */
export type TrackError = {
  type: string
  input_array?: TrackArrayName | undefined
  index?: number | undefined
}

/** How a script distorts an answer. */
export type Distortion = {
  /** @returns the error for an object of the user with this label, if the script rejects that user. */
  rejected: (label: string | undefined, object: unknown) => string | undefined
  errors: (errors: TrackError[], sent: TrackArrays) => TrackError[]
}

export const UNDISTORTED: Distortion = { rejected: () => undefined, errors: (errors) => errors }

const JUDGES = { attributes: judgeAttributes, events: judgeEvent, purchases: judgePurchase }

/** Handles `POST /users/track`: judges the objects one by one and applies those that pass. */
export function handleTrack(
  state: SimulatorState,
  body: unknown,
  now: number,
  { rejected, errors: distorted }: Distortion,
): { answer: SimulatorResponse; changes: StateChange[] } {
  const sent = arraysOf(body)
  const badRequest = requestError(body, sent)
  if (badRequest) return { answer: badRequest, changes: [] }

  const changes: StateChange[] = []
  const errors: TrackError[] = []
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
  state: SimulatorState,
  array: TrackArrayName,
  object: unknown,
  now: number,
  rejected: Distortion['rejected'],
): ObjectVerdict {
  const error = rejected(userOf(object), object)
  if (error !== undefined) return { ok: false, error }
  if (!isRecord(object)) return { ok: false, error: `Each of ${array} must be an object` }
  return JUDGES[array](state, object, now)
}

/** @returns the answer to a request that fails as a whole, before any object is judged. */
function requestError(body: unknown, sent: TrackArrays): SimulatorResponse | undefined {
  if (body === undefined) return jsonResponse(400, { message: 'The body could not be parsed as JSON' })
  const misshapen = ARRAYS.find(
    (name) => isRecord(body) && body[name] !== undefined && !Array.isArray(body[name]),
  )
  if (misshapen) return jsonResponse(400, { message: `${misshapen} must be an array` })
  const objects = ARRAYS.reduce((sum, name) => sum + sent[name].length, 0)
  if (objects > MAX_OBJECTS) return jsonResponse(400, { message: 'Max Input Length Exceeded' })
  return objects === 0 ? nothingValid([]) : undefined
}

function answerFor(sent: TrackArrays, errors: TrackError[], reported: TrackError[]): SimulatorResponse {
  const processed = (name: TrackArrayName) =>
    sent[name].length - errors.filter(({ input_array }) => input_array === name).length
  if (ARRAYS.every((name) => processed(name) === 0)) return nothingValid(reported)
  const counters = ARRAYS.filter((name) => sent[name].length > 0).map((name) => [
    `${name}_processed`,
    processed(name),
  ])
  return jsonResponse(201, {
    message: 'success',
    ...Object.fromEntries(counters),
    ...(reported.length > 0 ? { errors: reported } : {}),
  })
}

function nothingValid(errors: TrackError[]): SimulatorResponse {
  const message = "Valid data must be provided in the 'attributes', 'events', or 'purchases' fields."
  return jsonResponse(400, { message, errors })
}

export const ARRAYS = ['attributes', 'events', 'purchases'] as const
type TrackArrayName = (typeof ARRAYS)[number]

/** The arrays of a `/users/track` body. A missing array is empty. Elements can be anything. */
export type TrackArrays = Record<TrackArrayName, readonly unknown[]>

/** Reads the arrays of any parsed body. Anything that is not an array counts as an empty one. */
export function arraysOf(body: unknown): TrackArrays {
  const arrayAt = (name: TrackArrayName) => {
    const value = isRecord(body) ? body[name] : undefined
    return Array.isArray(value) ? value : []
  }
  return { attributes: arrayAt('attributes'), events: arrayAt('events'), purchases: arrayAt('purchases') }
}

/** @returns the label of the user that an object names, if any. */
function userOf(object: unknown): string | undefined {
  const identified = isRecord(object) ? identify(object) : undefined
  return identified?.ok ? userLabel(identified.user) : undefined
}

/** @returns the users that the objects name, in order and without duplicates. */
export function usersOf(body: TrackArrays): string[] {
  const labels = ARRAYS.flatMap((name) => body[name].map(userOf))
  return [...new Set(labels)].filter((label) => label !== undefined)
}
