import * as z from 'zod'
import type { BrazeAnswer } from '../../../functions/shared/braze.edge.ts'
import { parseJson } from '../../../functions/shared/json.ts'
import { rateLimitWaitMs, retryAfterMs } from '../../../functions/worker/send/wait.ts'

/** A person's profile in Braze's export. */
export type BrazeProfile = {
  external_id?: string | undefined
  braze_id?: string | undefined
  custom: Readonly<Record<string, unknown>>
  /** Braze's own fields. Fields that are null, false or empty are left out. */
  standard: Readonly<Record<string, unknown>>
}

/**
 * Braze accepts up to 50 external ids per request, or one braze_id (Braze, "Export user profile by
 * identifier").
 */
export const MAX_EXTERNAL_IDS = 50

export type ProfileQuery = { external_ids: readonly string[] } | { braze_id: string }

export type LookUpDeps = {
  /** Sends a request to /users/export/ids. */
  exportIds: (body: string) => Promise<BrazeAnswer>
  /** The shortest time between two requests, in milliseconds. */
  spacingMs: number
  /** Sleeps for `ms` milliseconds. Ends early when `stop` is aborted. */
  pause: (ms: number) => Promise<void>
  now: () => number
  stop: AbortSignal
}

export type ProfileLookUpResult = readonly BrazeProfile[] | { problem: string } | 'stopped'

/**
 * Looks up profiles one request after the other, within Braze's rate limit, and waits as long as Braze asks.
 */
export function createProfileLookUp(deps: LookUpDeps) {
  let nextAt = 0
  /** @param fields Braze's own fields to export besides identifiers and custom attributes. */
  return async (question: ProfileQuery, fields: readonly string[]): Promise<ProfileLookUpResult> => {
    const body = JSON.stringify({
      ...question,
      fields_to_export: ['external_id', 'braze_id', 'custom_attributes', ...fields],
    })
    for (let tries = 1; ; tries++) {
      await deps.pause(Math.max(0, nextAt - deps.now()))
      if (deps.stop.aborted) return 'stopped'
      nextAt = deps.now() + deps.spacingMs
      const answer = await deps.exportIds(body)
      const waitMs = retryDelayMs(answer, tries, deps.now())
      if (waitMs === undefined) return readProfiles(answer)
      nextAt = Math.max(nextAt, deps.now() + waitMs)
    }
  }
}

const TOO_MANY_REQUESTS = 429

/** Used if a 429 does not say how long to wait. Braze counts requests per minute. */
const DEFAULT_RETRY_AFTER_MS = 15_000
const FIRST_BACKOFF_MS = 1_000
const MAX_TRIES = 6

/** @returns undefined if a retry makes no sense. */
function retryDelayMs(answer: BrazeAnswer, tries: number, now: number): number | undefined {
  if (answer.kind === 'answer' && answer.status === TOO_MANY_REQUESTS)
    return rateLimitWaitMs(answer.headers, now) ?? DEFAULT_RETRY_AFTER_MS
  if (tries >= MAX_TRIES) return undefined
  const backoffMs = FIRST_BACKOFF_MS * 2 ** (tries - 1)
  if (answer.kind === 'no answer') return backoffMs
  return answer.status >= 500 ? (retryAfterMs(answer.headers, now) ?? backoffMs) : undefined
}

const Values = z.record(z.string(), z.unknown())
const Exported = z.object({
  users: z.array(
    z.looseObject({
      external_id: z.string().nullish(),
      braze_id: z.string().nullish(),
      custom_attributes: Values.nullish(),
    }),
  ),
})

function readProfiles(answer: BrazeAnswer): ProfileLookUpResult {
  if (answer.kind === 'no answer') return { problem: 'Braze does not answer.' }
  const { status, body } = answer
  if (status === 401)
    return {
      problem:
        "Braze does not know the key. Check the key in the Braze secret, and whether its endpoint is that of the key's instance.",
    }
  if (status === 403)
    return {
      problem: 'The Braze key lacks the permission users.export.ids, or does not allow this IP address.',
    }
  if (status !== 200 && status !== 201) return { problem: `Braze answers ${status}.` }
  const { data } = Exported.safeParse(parseJson(body))
  if (!data) return { problem: 'Braze did not answer with profiles.' }
  return data.users.map(({ external_id, braze_id, custom_attributes, ...standard }) => ({
    external_id: external_id ?? undefined,
    braze_id: braze_id ?? undefined,
    custom: custom_attributes ?? {},
    standard,
  }))
}
