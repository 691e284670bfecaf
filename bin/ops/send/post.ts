import * as z from 'zod'
import type { Authentication } from '../../../functions/shared/authentication.ts'
import { parseJson } from '../../../functions/shared/json.ts'

/** The bridge's answer to one try. Header names are lower case. */
export type HttpAnswer = { status: number; headers: Readonly<Record<string, string>>; body: string }

export type PostDeps = {
  /**
   * Signs a request and returns what sends it, each time with the same signature.
   * @param key undefined if the bridge ignores keys.
   */
  prepare: (body: Buffer, key: string | undefined) => () => Promise<HttpAnswer | undefined>
  /** For how long the bridge recognises a repetition of a request, in milliseconds after the first try; 0 for never. */
  recognisedMs: number
  /** Sleeps for `ms` milliseconds. Ends early when `stop` is aborted. */
  pause: (ms: number) => Promise<void>
  now: () => number
  stop: AbortSignal
}

/**
 * The outcome of a request. `captured`: the connection is in capture mode, so that nothing was stored for
 * delivery, and nothing was parked.
 */
export type PostResult = {
  /**
   * The ids that the bridge gave the request. Each try has its own, and any of them may have stored messages.
   */
  requestIds: readonly string[]
} & (
  | { kind: 'taken'; accepted: number; rejected: number; captured: boolean }
  /** `rejected`: rows that are in the dead-letter queue nevertheless, unless they were only captured. */
  | { kind: 'refused'; rejected: number; captured: boolean; reason: string }
  /** Some or all of the request may have been accepted. */
  | { kind: 'unsure'; reason: string }
)

/**
 * SQS recognises a repetition for five minutes. After that, events would be doubled, so no try is started
 * that could end later.
 */
const REPEAT_WITHIN_MS = 4 * 60_000

/** In milliseconds. Subtracted from a signature's validity, because this machine's clock may be behind. */
const SPARE_MS = 30_000

/**
 * For how long the bridge recognises a request that is sent again with the same headers, in milliseconds. A
 * signature must still be valid then, and an HMAC without a time is never recognised.
 */
export function recognisedMsOf(method: Authentication | undefined): number {
  if (method?.kind !== 'hmac' && method?.kind !== 'standard-webhooks') return REPEAT_WITHIN_MS
  if (method.kind === 'hmac' && method.timestampHeader === undefined) return 0
  return Math.max(0, method.toleranceSeconds * 1_000 - SPARE_MS)
}

const FIRST_WAIT_MS = 1_000
const MAX_WAIT_MS = 30_000

/** API Gateway itself gives this answer, so nothing was stored, and the repetition does not have to be recognised. */
const TOO_MANY_REQUESTS = 429

/** Statuses after which the same request is sent again: too many requests, and AWS errors. */
const RETRIED_STATUSES = [TOO_MANY_REQUESTS, 502, 503, 504]

/** Posts one request. Repeats it with the same key and signature if the answer asks for it or no answer comes. */
export async function postWithRetries(
  body: Buffer,
  key: string | undefined,
  deps: PostDeps,
): Promise<PostResult> {
  const { pause, now, stop } = deps
  const requestIds: string[] = []
  const startedAt = now()
  const post = deps.prepare(body, key)
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
    const answer = await post()
    const id = answer && requestIdOf(answer)
    if (id !== undefined) requestIds.push(id)
    if (answer && !RETRIED_STATUSES.includes(answer.status)) return { requestIds, ...readAnswer(answer) }
    const reason = answer ? describeAnswer(answer) : 'There was no answer.'
    const retryAfterMs = Number(answer?.headers['retry-after'] ?? Number.NaN) * 1_000
    const nextMs = Number.isFinite(retryAfterMs) ? Math.max(retryAfterMs, FIRST_WAIT_MS) : waitMs
    const withinMs = answer?.status === TOO_MANY_REQUESTS ? REPEAT_WITHIN_MS : deps.recognisedMs
    if (now() + nextMs > startedAt + withinMs) return { requestIds, kind: 'unsure', reason }
    await pause(nextMs)
    if (stop.aborted) return { requestIds, kind: 'unsure', reason }
  }
}

const Identified = z.object({ requestId: z.string().min(1) })

/**
 * The bridge writes the id into the body of its own answers. Answers in Braze's format and those of API Gateway have
 * it only in a header, which a proxy in between may drop, or replace if it is an API Gateway itself.
 */
const requestIdOf = ({ headers, body }: HttpAnswer): string | undefined =>
  Identified.safeParse(parseJson(body)).data?.requestId ?? headers['apigw-requestid']

const count = z.int().nonnegative()
const Summary = z.object({ accepted: count, rejected: count, captured: z.boolean().default(false) })

/** Braze's answer format, which the bridge uses for requests in Braze's own format. */
const Tracked = z.object({
  message: z.literal('success'),
  attributes_processed: count.default(0),
  events_processed: count.default(0),
  purchases_processed: count.default(0),
  errors: z.array(z.unknown()).default([]),
})

function readAnswer(answer: HttpAnswer) {
  const json = parseJson(answer.body)
  const summary = Summary.safeParse(json).data
  if (answer.status === 200 && summary) return { kind: 'taken' as const, ...summary }
  const tracked = Tracked.safeParse(json).data
  if (answer.status === 201 && tracked)
    return {
      kind: 'taken' as const,
      accepted: tracked.attributes_processed + tracked.events_processed + tracked.purchases_processed,
      rejected: tracked.errors.length,
      captured: false,
    }
  const { rejected, captured } = summary ?? { rejected: 0, captured: false }
  return { kind: 'refused' as const, rejected, captured, reason: describeAnswer(answer) }
}

const Problem = z.object({ title: z.string(), detail: z.string().default('') })
const Message = z.object({ message: z.string() })

/**
 * Extracts the text for the operator from an answer of the bridge or of API Gateway. Neither repeats a value.
 */
function describeAnswer({ status, body }: HttpAnswer): string {
  const json = parseJson(body)
  const problem = Problem.safeParse(json).data
  const reason = problem
    ? `${problem.title}. ${problem.detail}`
    : (Message.safeParse(json).data?.message ?? '')
  return `${status} ${reason}`.trim()
}
