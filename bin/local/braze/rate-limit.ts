import { jsonResponse, type SimulatorResponse } from './outcome.ts'
import type { RateLimit, WaitDialect } from './settings.ts'

/** How much of a limit's present window is used. */
export type RateLimitWindow = { start: number; used: number }

export type RateLimitResult =
  | { ok: true; window: RateLimitWindow; headers: Record<string, string> }
  | { ok: false; window: RateLimitWindow; resetAt: number }

/** Takes one request out of a window. Refused requests use nothing up. Times in epoch milliseconds. */
export function applyRateLimit(
  before: RateLimitWindow | undefined,
  { requests, seconds }: RateLimit,
  now: number,
): RateLimitResult {
  const length = seconds * 1000
  const start = Math.floor(now / length) * length
  const used = before?.start === start ? before.used : 0
  if (used >= requests) return { ok: false, window: { start, used }, resetAt: start + length }
  const headers = {
    'x-ratelimit-limit': String(requests),
    'x-ratelimit-remaining': String(requests - used - 1),
  }
  return { ok: true, window: { start, used: used + 1 }, headers }
}

/** The 429 that tells, in a dialect, to wait until `resetAt`, in whole seconds rounded up. */
export function tooManyRequests(dialect: WaitDialect, resetAt: number, now: number): SimulatorResponse {
  return jsonResponse(429, { message: 'Rate limit exceeded' }, waitHeaders(dialect, resetAt, now))
}

function waitHeaders(dialect: WaitDialect, resetAt: number, now: number): Record<string, string> {
  const seconds = String(Math.ceil((resetAt - now) / 1000))
  switch (dialect) {
    case 'x-ratelimit-retry-after':
      return { 'x-ratelimit-retry-after': seconds }
    case 'retry-after':
      return { 'retry-after': seconds }
    case 'x-ratelimit-reset epoch':
      return { 'x-ratelimit-reset': String(Math.ceil(resetAt / 1000)) }
    case 'x-ratelimit-reset seconds':
      return { 'x-ratelimit-reset': seconds }
    case 'none':
      return {}
  }
}
