import { jsonResponse, type SimulatorResponse } from './outcome.ts'
import type { RateLimit, WaitDialect } from './settings.ts'

/**
 * The current window of a limit: when it started, in epoch milliseconds, and the number of requests so far.
 */
export type RateLimitWindow = { start: number; used: number }

type RateLimitResult =
  | { ok: true; window: RateLimitWindow; headers: Record<string, string> }
  | { ok: false; window: RateLimitWindow; resetAt: number }

/** Counts one request against a window. Throttled requests do not count. Times are in epoch milliseconds. */
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

/** A 429 that asks, in a dialect, to wait until `resetAt`. The wait is rounded up to whole seconds. */
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
