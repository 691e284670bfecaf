/**
 * In milliseconds. Braze's longest window is an hour (Braze's docs, "API rate limits"), and five minutes more
 * allow for clocks that differ. No wait is longer, because a lane that waits holds up all of its users.
 */
export const MAX_WAIT_MS = 65 * 60_000

/** In milliseconds. Retries without any wait would be a storm. */
const MIN_WAIT_MS = 1_000

/**
 * The values from which on a number in a header is not the seconds left. `X-RateLimit-Reset` is
 * documented both as UTC epoch seconds and as seconds left. Milliseconds are documented nowhere, but a server
 * that means them must not stop all delivery for an hour.
 */
const LEAST = {
  /** As seconds, it would be more than a day. */
  milliseconds: 86_400,
  /** September 2001. */
  epochSeconds: 1e9,
  /** March 1973. As seconds, it would be in the year 5138. */
  epochMilliseconds: 1e11,
}

/**
 * In milliseconds. Braze's hourly windows reset on the clock hour for everybody, so lanes come back spread
 * over up to this much additional time.
 */
const MAX_JITTER_MS = 30_000
const JITTER_SHARE = 0.1

/** Response headers by lower-case name. */
export type Headers = { readonly [name: string]: string }

/**
 * Returns the wait that Braze asked for, in milliseconds, from whichever header it sent:
 * `X-Ratelimit-Retry-After` (seconds; monthly-active-user contracts), `Retry-After` (seconds or an HTTP date,
 * RFC 9110) or `X-RateLimit-Reset`. A time further ahead than `MAX_WAIT_MS` says nothing and is ignored; a
 * longer number of seconds is cut to it.
 * @returns undefined if no header can be read.
 */
export const rateLimitWaitMs = (headers: Headers, now: number) =>
  withinBounds(
    numberWaitMs(headers['x-ratelimit-retry-after'], now) ??
      retryAfter(headers, now) ??
      numberWaitMs(headers['x-ratelimit-reset'], now),
  )

/**
 * Returns the wait that a 5xx asks for, in milliseconds. Only `Retry-After` counts here, because any server
 * may send it with a 5xx, while the rate limit's headers can come with every answer.
 */
export const retryAfterMs = (headers: Headers, now: number) => withinBounds(retryAfter(headers, now))

const withinBounds = (waitMs: number | undefined) =>
  waitMs === undefined ? undefined : Math.min(Math.max(waitMs, MIN_WAIT_MS), MAX_WAIT_MS)

const retryAfter = (headers: Headers, now: number) =>
  numberWaitMs(headers['retry-after'], now) ?? untilTime(Date.parse(headers['retry-after'] ?? ''), now)

function numberWaitMs(header: string | undefined, now: number): number | undefined {
  if (header === undefined || !/^\d+(\.\d+)?$/.test(header.trim())) return undefined
  const value = Number(header)
  if (value >= LEAST.epochMilliseconds) return untilTime(value, now)
  if (value >= LEAST.epochSeconds) return untilTime(value * 1_000, now)
  return value > LEAST.milliseconds ? value : value * 1_000
}

function untilTime(time: number, now: number): number | undefined {
  const waitMs = time - now
  return waitMs <= MAX_WAIT_MS ? waitMs : undefined
}

/**
 * Adds up to a tenth to the wait that Braze asked for, at most half a minute. It never shortens the wait.
 */
export const withJitter = (waitMs: number, random: () => number) =>
  Math.min(MAX_WAIT_MS, waitMs + random() * Math.min(waitMs * JITTER_SHARE, MAX_JITTER_MS))

const FIRST_BACKOFF_MS = 5_000
const DOUBLINGS = 4
export const MAX_BACKOFF_MS = 15 * 60_000

/**
 * After its doublings, the backoff grows by a twentieth at a time, so that a lane comes back within about a
 * twentieth of the time for which Braze was away. If it went on doubling, it would be at its maximum after
 * ten minutes, and each outage would last up to a quarter of an hour longer.
 */
const SLOW_GROWTH = 1.05

/**
 * Returns a growing backoff with equal jitter, in milliseconds. Half of it is fixed and half is random, so
 * that lanes do not come back together.
 */
export function backoff(receives: number, random: () => number): number {
  const retries = receives - 1
  const doubled = FIRST_BACKOFF_MS * 2 ** Math.min(retries, DOUBLINGS)
  const full = Math.min(MAX_BACKOFF_MS, doubled * SLOW_GROWTH ** Math.max(0, retries - DOUBLINGS))
  return full / 2 + (random() * full) / 2
}

/** In milliseconds. Together with the time until Lambda receives a message again, it is less than a minute. */
const FIRST_KEY_WAIT_MS = 55_000

/** About 50 minutes of such waits, which use up few of the 1,000 receives. */
const FIRST_KEY_RECEIVES = 80

/** After those, the backoff continues as it would after the same time, which is without this many receives. */
const FIRST_KEY_SKIPPED = 49

/**
 * Returns the backoff while the Braze secret holds the placeholder of the first deployment, in milliseconds.
 * Whoever deploys, sends a first file and then stores the key sees its rows arrive within a minute.
 */
export const firstKeyBackoff = (receives: number, random: () => number) =>
  receives > FIRST_KEY_RECEIVES
    ? backoff(receives - FIRST_KEY_SKIPPED, random)
    : Math.min(FIRST_KEY_WAIT_MS, backoff(receives, random))
