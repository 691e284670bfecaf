import * as z from 'zod'
import { parseJson } from '../../../functions/shared/json.ts'

/** What the bridge answered to one try; header names are lower case. */
export type HttpAnswer = { status: number; headers: Readonly<Record<string, string>>; body: string }

export type PostDeps = {
  /** @returns undefined where nothing answered. */
  post: (body: Buffer, key: string) => Promise<HttpAnswer | undefined>
  /** Sleeps, in milliseconds, until it is stopped. */
  pause: (ms: number) => Promise<void>
  now: () => number
  stop: AbortSignal
}

/** What became of a request. */
export type PostResult = {
  /** Under which the bridge knows it: each try has an id of its own, and any of them may have stored messages. */
  requestIds: readonly string[]
} & (
  | { kind: 'taken'; accepted: number; rejected: number; captured: boolean }
  /** `parked`: rows that stand in the dead-letter queue all the same. */
  | { kind: 'refused'; parked: number; reason: string }
  /** Some of it may have been accepted, or all. */
  | { kind: 'unsure'; reason: string }
)

/**
 * SQS recognises a repetition for five minutes. After that events would be doubled, so that nothing is begun anew that
 * could end later.
 */
const WITHIN_MS = 4 * 60_000

const FIRST_WAIT_MS = 1_000
const MAX_WAIT_MS = 30_000

/** Answers that ask for the same request again: too many at once, and AWS in trouble. */
const RETRIED_STATUSES = [429, 502, 503, 504]

/** Posts one request, and again with the same key where the answer asks for it or none comes. */
export async function postWithRetries(body: Buffer, key: string, deps: PostDeps): Promise<PostResult> {
  const { pause, now, stop } = deps
  const requestIds: string[] = []
  const until = now() + WITHIN_MS
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, MAX_WAIT_MS)) {
    const answer = await deps.post(body, key)
    const id = answer?.headers['apigw-requestid']
    if (id !== undefined) requestIds.push(id)
    if (answer && !RETRIED_STATUSES.includes(answer.status)) return { requestIds, ...readAnswer(answer) }
    const reason = answer ? describeAnswer(answer) : 'Nothing answers.'
    const retryAfterMs = Number(answer?.headers['retry-after'] ?? Number.NaN) * 1_000
    const nextMs = Number.isFinite(retryAfterMs) ? Math.max(retryAfterMs, FIRST_WAIT_MS) : waitMs
    if (now() + nextMs > until) return { requestIds, kind: 'unsure', reason }
    await pause(nextMs)
    if (stop.aborted) return { requestIds, kind: 'unsure', reason }
  }
}

const count = z.int().nonnegative()
const Summary = z.object({ accepted: count, rejected: count, captured: z.boolean().default(false) })

/** As Braze answers, where a request was sent as to Braze. */
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
  const parked = summary && !summary.captured ? summary.rejected : 0
  return { kind: 'refused' as const, parked, reason: describeAnswer(answer) }
}

const Problem = z.object({ title: z.string(), detail: z.string().default('') })
const Message = z.object({ message: z.string() })

/** What the bridge says to a person, and API Gateway. Neither repeats a value. */
function describeAnswer({ status, body }: HttpAnswer): string {
  const json = parseJson(body)
  const problem = Problem.safeParse(json).data
  const reason = problem
    ? `${problem.title}. ${problem.detail}`
    : (Message.safeParse(json).data?.message ?? '')
  return `${status} ${reason}`.trim()
}
