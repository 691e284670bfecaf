import * as z from 'zod'
import { isObject } from './outcome.ts'
import { WAIT_DIALECTS } from './settings.ts'
import { arraysOf, type TrackBody, usersOf } from './track-body.ts'

const delayMs = z.int().nonnegative().default(0)

/** Which requests a step waits for; the others pass it by. */
const Which = {
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
    ...Which,
    status: z.int().min(200).max(599),
    headers: z.record(z.string(), z.string()).default({}),
    body: z.unknown().optional(),
    apply: z.boolean().optional(),
    delayMs,
  }),
  /** 429, telling a wait of `seconds` in a dialect. */
  z.strictObject({
    do: z.literal('rate limit'),
    ...Which,
    dialect: z.enum(WAIT_DIALECTS),
    seconds: z.number().nonnegative(),
    delayMs,
  }),
  /** Handled as ever, answered late. */
  z.strictObject({ do: z.literal('delay'), ...Which, delayMs: z.int().positive() }),
  /** The connection breaks without an answer, before (`apply: false`) or after the request was carried out. */
  z.strictObject({ do: z.literal('reset'), ...Which, apply: z.boolean(), delayMs }),
  /**
   * The objects of `rejected` users are refused, beside those the rules refuse; `indexes` distorts how all errors
   * of the answer name their objects.
   */
  z.strictObject({
    do: z.literal('reject'),
    ...Which,
    rejected: z.array(z.string()),
    type: z.string().default('The simulator was told to reject this object'),
    indexes: z.enum(['right', 'missing', 'twice', 'out of range']).default('right'),
  }),
  /** Handled as ever, and these entries are added to the answer's `errors[]` as they stand. */
  z.strictObject({ do: z.literal('add errors'), ...Which, errors: z.array(ErrorEntry).min(1) }),
])

/** A step as a test writes it: plain JSON, or with a predicate over the request's body besides. */
export type Step = z.input<typeof JsonStep> & { matches?: (body: TrackBody) => boolean }

/** A step with its defaults filled in. */
export type ReadyStep = z.output<typeof JsonStep>

type Pending = { step: ReadyStep; matches: (body: TrackBody) => boolean; left: number }

/** Steps that wait for their requests. */
export type Script = { add: (steps: readonly Step[]) => void; clear: () => void; take: Take }

/** @returns the first step that matches a request, used up once more. */
type Take = (request: { path: string; body: unknown }) => ReadyStep | undefined

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
      const found = pending.find(({ step, matches }) => isFor(step, path, arrays) && matches(arrays))
      if (!found) return undefined
      found.left -= 1
      pending = pending.filter(({ left }) => left > 0)
      return found.step
    },
  }
}

function toPending({ matches = () => true, ...json }: Step): Pending {
  const step = JsonStep.parse(json)
  return { step, matches, left: step.times === 'always' ? Number.POSITIVE_INFINITY : step.times }
}

function isFor({ path, users, event }: ReadyStep, requested: string, body: TrackBody): boolean {
  if (path !== requested) return false
  if (users && !usersOf(body).some((user) => users.includes(user))) return false
  return event === undefined || body.events.some((sent) => isObject(sent) && sent.name === event)
}
