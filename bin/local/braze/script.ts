import * as z from 'zod'
import { isRecord } from './outcome.ts'
import { WAIT_DIALECTS } from './settings.ts'
import { arraysOf, type TrackBody, usersOf } from './track-body.ts'

const delayMs = z.int().nonnegative().default(0)

/** Which requests a step waits for; the others pass it by. */
const REQUEST_FILTER = {
  /** Only requests to this path. */
  path: z.enum(['/users/track', '/users/export/ids']).default('/users/track'),
  /** Only requests with an object of one of these users: `external_id:u-1`, `braze_id:…`. */
  users: z.array(z.string()).min(1).optional(),
  /** Only requests with an event of this name. */
  event: z.string().optional(),
  /** For how many requests. */
  times: z.union([z.int().positive(), z.literal('always')]).default(1),
}

const ErrorEntry = z.object({
  type: z.string(),
  input_array: z.enum(['attributes', 'events', 'purchases']).optional(),
  index: z.int().optional(),
})

/** What a step does to a request, as plain JSON. */
export const JsonStep = z.discriminatedUnion('do', [
  /**
   * Answers with this status. `body` is sent verbatim if a string, else as JSON; without one it is what Braze
   * typically sends with the status (the 401 echoes the key). `apply` says whether the request is carried out
   * first: by default for a 2xx only.
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
  /** 429, telling a wait of `seconds` in a dialect. */
  z.strictObject({
    do: z.literal('rate limit'),
    ...REQUEST_FILTER,
    dialect: z.enum(WAIT_DIALECTS),
    seconds: z.number().nonnegative(),
    delayMs,
  }),
  /** Handled as ever, answered late. */
  z.strictObject({ do: z.literal('delay'), ...REQUEST_FILTER, delayMs: z.int().positive() }),
  /** The connection breaks without an answer, before (`apply: false`) or after the request was carried out. */
  z.strictObject({ do: z.literal('reset'), ...REQUEST_FILTER, apply: z.boolean(), delayMs }),
  /**
   * The objects of `rejected` users are refused, beside those the rules refuse; `indexes` distorts how all errors
   * of the answer name their objects.
   */
  z.strictObject({
    do: z.literal('reject'),
    ...REQUEST_FILTER,
    rejected: z.array(z.string()),
    type: z.string().default('The simulator was told to reject this object'),
    indexes: z.enum(['right', 'missing', 'twice', 'out of range']).default('right'),
  }),
  /** Handled as ever, and these entries are added to the answer's `errors[]` as they stand. */
  z.strictObject({ do: z.literal('add errors'), ...REQUEST_FILTER, errors: z.array(ErrorEntry).min(1) }),
])

/** A step as a test writes it: plain JSON, or with a predicate over the request's body besides. */
export type ScriptStep = z.input<typeof JsonStep> & { matches?: (body: TrackBody) => boolean }

/** A step with its defaults filled in. */
export type ParsedStep = z.output<typeof JsonStep>

type Pending = { step: ParsedStep; matches: (body: TrackBody) => boolean; left: number }

/** Steps that wait for their requests. */
export type Script = { add: (steps: readonly ScriptStep[]) => void; clear: () => void; take: Take }

/** @returns the first step that matches a request, used up once more. */
type Take = (request: { path: string; body: unknown }) => ParsedStep | undefined

/** @throws ZodError where a step is not one. */
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

function toPending({ matches = () => true, ...json }: ScriptStep): Pending {
  const step = JsonStep.parse(json)
  return { step, matches, left: step.times === 'always' ? Number.POSITIVE_INFINITY : step.times }
}

function matchesRequest({ path, users, event }: ParsedStep, requestPath: string, body: TrackBody): boolean {
  if (path !== requestPath) return false
  if (users && !usersOf(body).some((user) => users.includes(user))) return false
  return event === undefined || body.events.some((sent) => isRecord(sent) && sent.name === event)
}
