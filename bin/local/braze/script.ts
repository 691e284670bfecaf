import * as z from 'zod'
import { unauthorized } from './carry-out.ts'
import { isRecord, jsonResponse, type SimulatorRequest, type SimulatorResponse } from './outcome.ts'
import { WAIT_DIALECTS } from './settings.ts'
import {
  arraysOf,
  type Distortion,
  type TrackArrays,
  type TrackError,
  UNDISTORTED,
  usersOf,
} from './track.ts'

const delayMs = z.int().nonnegative().default(0)

/** The requests that a step applies to. */
const REQUEST_FILTER = {
  /** Only requests to this path. */
  path: z.enum(['/users/track', '/users/export/ids']).default('/users/track'),
  /** Only requests with an object of one of these users: `external_id:u-1`, `braze_id:…`. */
  users: z.array(z.string()).min(1).optional(),
  /** Only requests with an event of this name. */
  event: z.string().optional(),
  /** The number of requests that the step serves. */
  times: z.union([z.int().positive(), z.literal('always')]).default(1),
}

const ErrorEntry = z.object({
  type: z.string(),
  input_array: z.enum(['attributes', 'events', 'purchases']).optional(),
  index: z.int().optional(),
})

/** What a step does to a request, in plain JSON. */
export const JsonStep = z.discriminatedUnion('do', [
  /**
   * Answers with this status. A string `body` is sent verbatim, any other as JSON. Without a body, the answer
   * is what Braze typically sends with the status (a 401 echoes the key). `apply` says whether the request is
   * carried out first. By default, it is only for a 2xx.
   */
  z.strictObject({
    do: z.literal('answer'),
    ...REQUEST_FILTER,
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.unknown().optional(),
    apply: z.boolean().optional(),
    delayMs,
  }),
  /** Answers 429 and asks, in a dialect, to wait for `seconds`. */
  z.strictObject({
    do: z.literal('rate limit'),
    ...REQUEST_FILTER,
    dialect: z.enum(WAIT_DIALECTS),
    seconds: z.number().nonnegative(),
    delayMs,
  }),
  /** Handles the request normally, but answers late. */
  z.strictObject({ do: z.literal('delay'), ...REQUEST_FILTER, delayMs: z.int().positive() }),
  /** Breaks the connection without an answer, before (`apply: false`) or after the request is carried out. */
  z.strictObject({ do: z.literal('reset'), ...REQUEST_FILTER, apply: z.boolean(), delayMs }),
  /**
   * Rejects the objects of `rejected` users, in addition to those that break a rule. `indexes` distorts how
   * all errors in the answer name their objects.
   */
  z.strictObject({
    do: z.literal('reject'),
    ...REQUEST_FILTER,
    rejected: z.array(z.string()),
    type: z.string().default('The simulator was told to reject this object'),
    indexes: z.enum(['right', 'missing', 'twice', 'out of range']).default('right'),
  }),
  /** Handles the request normally, and adds these entries unchanged to the answer's `errors[]`. */
  z.strictObject({ do: z.literal('add errors'), ...REQUEST_FILTER, errors: z.array(ErrorEntry).min(1) }),
])

/** What plain JSON cannot express. */
type Predicates = {
  /** Only requests with such a body. */
  matches?: (body: TrackArrays) => boolean
  /** For `reject`: only such objects of the rejected users. */
  rejects?: (object: unknown) => boolean
}

/** A step as a test writes it: plain JSON, optionally with predicates. */
export type ScriptStep = z.input<typeof JsonStep> & Predicates

/** A step with its defaults filled in. */
export type ParsedStep = z.output<typeof JsonStep> & Pick<Predicates, 'rejects'>

type Pending = { step: ParsedStep; matches: (body: TrackArrays) => boolean; left: number }

/** The steps that still wait for requests. */
type Script = { add: (steps: readonly ScriptStep[]) => void; clear: () => void; take: Take }

/** Takes one use of the first step that matches a request. */
type Take = (request: { path: string; body: unknown }) => ParsedStep | undefined

/** `add` throws a ZodError if a step is invalid. */
export function createScript(): Script {
  let pending: Pending[] = []
  return {
    add: (steps) => {
      pending.push(...steps.map(toPending))
    },
    clear: () => {
      pending = []
    },
    take: ({ path, body }) => {
      const arrays = arraysOf(body)
      const found = pending.find(({ step, matches }) => matchesRequest(step, path, arrays) && matches(arrays))
      if (!found) return undefined
      found.left -= 1
      pending = pending.filter(({ left }) => left > 0)
      return found.step
    },
  }
}

function toPending({ matches = () => true, rejects, ...json }: ScriptStep): Pending {
  const step = { ...JsonStep.parse(json), ...(rejects && { rejects }) }
  return { step, matches, left: step.times === 'always' ? Number.POSITIVE_INFINITY : step.times }
}

function matchesRequest({ path, users, event }: ParsedStep, requestPath: string, body: TrackArrays): boolean {
  if (path !== requestPath) return false
  if (users && !usersOf(body).some((user) => users.includes(user))) return false
  return event === undefined || body.events.some((sent) => isRecord(sent) && sent.name === event)
}

/** How a step changes the verdicts of a request that is otherwise handled normally. */
export function distortionOf(step: ParsedStep | undefined): Distortion {
  if (step?.do === 'add errors') {
    const { errors } = step
    return { ...UNDISTORTED, errors: (own) => [...own, ...errors] }
  }
  if (step?.do !== 'reject') return UNDISTORTED
  const { type, indexes, rejects = () => true } = step
  const rejected = new Set(step.rejected)
  return {
    rejected: (label, object) =>
      label !== undefined && rejected.has(label) && rejects(object) ? type : undefined,
    errors: (errors, sent) => errors.flatMap((error) => misindexed(error, indexes, sent)),
  }
}

function misindexed(
  error: TrackError,
  indexes: Extract<ParsedStep, { do: 'reject' }>['indexes'],
  sent: TrackArrays,
): TrackError[] {
  const { type, input_array, index } = error
  switch (indexes) {
    case 'right':
      return [error]
    case 'missing':
      return [{ type, input_array }]
    case 'twice':
      return [error, error]
    case 'out of range':
      return [{ type, input_array, index: (index ?? 0) + (input_array ? sent[input_array].length : 0) }]
  }
}

/**
 * Builds the answer that a step defines.
 * @param own the answer by Braze's rules, if the request was carried out.
 */
export function scriptedAnswer(
  { status, headers, body }: Extract<ParsedStep, { do: 'answer' }>,
  request: SimulatorRequest,
  own: SimulatorResponse | undefined,
): SimulatorResponse {
  const scriptedHeaders = lowerCased(headers)
  if (typeof body === 'string') return { status, headers: scriptedHeaders, body }
  if (body !== undefined) return jsonResponse(status, body, scriptedHeaders)
  const typical = typicalAnswer(status, request, own)
  return { ...typical, headers: { ...typical.headers, ...scriptedHeaders } }
}

/** The answer that Braze typically sends with a status. */
function typicalAnswer(
  status: number,
  request: SimulatorRequest,
  own: SimulatorResponse | undefined,
): SimulatorResponse {
  if (own?.status === status) return own
  switch (status) {
    case 202:
      return jsonResponse(202, { message: 'queued' })
    case 401:
      return unauthorized(request)
    case 403:
      return jsonResponse(403, { message: 'Forbidden' })
    case 404:
      return jsonResponse(404, { message: 'Not found' })
    case 413:
      return jsonResponse(413, { message: 'Payload too large' })
    default:
      // A proxy in front of Braze answers with its own HTML page.
      if (status >= 500)
        return { status, headers: { 'content-type': 'text/html' }, body: '<html>Out of order</html>' }
      return jsonResponse(status, { message: `Scripted answer ${status}` })
  }
}

const lowerCased = (headers: Record<string, string>) =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
