import type { BrazeAnswer } from '../../functions/shared/braze.edge.ts'
import { TRACK_TIMEOUT_MS } from '../../functions/shared/limits.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import { applyRateLimit, type RateLimitWindow, tooManyRequests } from '../local/braze/rate-limit.ts'
import { type RateLimit, SIMULATOR_KEY } from '../local/braze/settings.ts'
import type { BrazeSimulator } from '../local/braze/simulator.ts'
import type { VirtualClock } from './clock.ts'

/** One request of the worker to /users/track, in virtual time. */
export type BrazeRequest = {
  kind: QueueName
  apiKey: string
  body: string
  /** The number of the worker's invocation, counted from 0. */
  invocation: number
}
export type Braze = (request: BrazeRequest) => Promise<BrazeAnswer>

/** Accepts all objects. */
export const SUCCESS_ANSWER: BrazeAnswer = {
  kind: 'answer',
  status: 201,
  headers: {},
  body: '{"message":"success"}',
}

/** A Braze that stores nothing and accepts everything after this number of milliseconds. */
export const acceptAfter =
  (ms: number, { sleep }: Pick<VirtualClock, 'sleep'>): Braze =>
  async () => {
    await sleep(ms)
    return SUCCESS_ANSWER
  }

/** Sends a request to the simulator, which answers immediately. */
export function askSimulator(simulator: BrazeSimulator, body: string, apiKey = SIMULATOR_KEY): BrazeAnswer {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' }
  const outcome = simulator.handle({ method: 'POST', path: '/users/track', headers, body })
  if (outcome.kind === 'reset') return { kind: 'no answer', cause: 'network' }
  const { status, headers: answered, body: text } = outcome
  return { kind: 'answer', status, headers: answered, body: text }
}

/** A time without Braze, in milliseconds since the epoch. `timeout`: Braze does not answer at all. */
export type Outage = { from: number; to: number; kind: '503' | 'timeout' }

/** Puts an outage and the rate limit of the contract before a Braze. */
export function unavailableDuring(
  outage: Outage,
  limit: RateLimit,
  { now, sleep }: Pick<VirtualClock, 'now' | 'sleep'>,
  braze: Braze,
): Braze {
  let window: RateLimitWindow | undefined
  return async (request) => {
    if (now() >= outage.from && now() < outage.to) return unavailable(outage)
    const turn = applyRateLimit(window, limit, now())
    window = turn.window
    if (turn.ok) return braze(request)
    return { kind: 'answer', ...tooManyRequests('x-ratelimit-reset seconds', turn.resetAt, now()) }
  }

  async function unavailable({ kind }: Outage): Promise<BrazeAnswer> {
    await sleep(kind === 'timeout' ? TRACK_TIMEOUT_MS : UNAVAILABLE_MS)
    if (kind === 'timeout') return { kind: 'no answer', cause: 'timeout' }
    return { kind: 'answer', status: 503, headers: {}, body: '' }
  }
}

/** How long a 503 takes, in milliseconds. */
const UNAVAILABLE_MS = 100
