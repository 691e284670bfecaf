import type { BrazeAnswer } from '../../functions/shared/braze.edge.ts'
import { REQUEST_TIMEOUT_MS } from '../../functions/shared/braze.edge.ts'
import { type BrazeVerdict, judge } from '../../functions/worker/send/judge.ts'
import { applyRateLimit, type RateLimitWindow, tooManyRequests } from '../local/braze/rate-limit.ts'
import type { RateLimit } from '../local/braze/settings.ts'

export type Outage = {
  /** Milliseconds since the start of the simulation. */
  from: number
  to: number
  /** `503`: Braze answers with that status. `timeout`: Braze does not answer within the worker's timeout. */
  kind: OutageKind
  /** The `Retry-After` of a 503, in seconds. */
  retryAfterSeconds?: number
}
export const OUTAGE_KINDS = ['503', 'timeout'] as const
export type OutageKind = (typeof OUTAGE_KINDS)[number]

export type BrazeBehaviour = {
  /** How long an answer takes, in milliseconds. */
  answerMs: () => number
  /** The contract's rate limit. A 429 states when its window ends. */
  limit: RateLimit | undefined
  outage: Outage | undefined
}

export type TimedVerdict = { afterMs: number; verdict: BrazeVerdict }

const TAKEN: BrazeVerdict = { kind: 'accepted', status: 201, rejected: [] }

/** The worker reads these counts only if Braze rejects single objects, and this model never does. */
const NOT_COUNTED = { attributes: 0, events: 0, purchases: 0 }

/** Models Braze as the worker sees it. The worker's own rules judge each answer. */
export function createBrazeModel({ answerMs, limit, outage }: BrazeBehaviour, now: () => number) {
  let window: RateLimitWindow | undefined
  const count = { requests: 0, failed: 0, throttled: 0 }

  function answerTo(): TimedVerdict {
    const at = now()
    count.requests += 1
    if (outage && at >= outage.from && at < outage.to) {
      count.failed += 1
      if (outage.kind === 'timeout')
        return withVerdict({ kind: 'no answer', cause: 'timeout' }, at, REQUEST_TIMEOUT_MS)
      return withVerdict(unavailable(outage), at, answerMs())
    }
    if (!limit) return { afterMs: answerMs(), verdict: TAKEN }
    const turn = applyRateLimit(window, limit, at)
    window = turn.window
    if (turn.ok) return { afterMs: answerMs(), verdict: TAKEN }
    count.throttled += 1
    const answer = tooManyRequests('x-ratelimit-reset seconds', turn.resetAt, at)
    return withVerdict({ kind: 'answer', ...answer }, at, answerMs())
  }

  return { answerTo, count }
}
export type BrazeModel = ReturnType<typeof createBrazeModel>

const withVerdict = (answer: BrazeAnswer, at: number, afterMs: number): TimedVerdict => ({
  afterMs,
  verdict: judge(answer, NOT_COUNTED, at),
})

const unavailable = ({ retryAfterSeconds }: Outage): BrazeAnswer => ({
  kind: 'answer',
  status: 503,
  headers: retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) },
  body: '',
})
