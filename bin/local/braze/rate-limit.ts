import { type Answer, jsonAnswer } from './outcome.ts'
import type { RateLimit, WaitDialect } from './settings.ts'

/** How much of a limit's present window is used. */
export type Window = { start: number; used: number }

export type Turn =
  | { ok: true; window: Window; headers: Record<string, string> }
  | { ok: false; window: Window; resetAt: number }

/** Takes one request out of a window. Refused requests use nothing up. Times in epoch milliseconds. */
export function takeTurn(before: Window | undefined, { requests, seconds }: RateLimit, now: number): Turn {
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
export function tooMany(dialect: WaitDialect, resetAt: number, now: number): Answer {
  return jsonAnswer(429, { message: 'Rate limit exceeded' }, waitHeaders(dialect, resetAt, now))
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
