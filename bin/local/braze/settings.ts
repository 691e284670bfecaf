export type Permission = 'users.track' | 'users.export.ids'

/** How a 429 states the wait. It differs between Braze contracts, and with one of them it states nothing. */
export const WAIT_DIALECTS = [
  /** `X-Ratelimit-Retry-After`: seconds. */
  'x-ratelimit-retry-after',
  /** `Retry-After`: seconds. */
  'retry-after',
  /** `X-RateLimit-Reset`: UTC epoch seconds. */
  'x-ratelimit-reset epoch',
  /** `X-RateLimit-Reset`: seconds left. */
  'x-ratelimit-reset seconds',
  'none',
] as const
export type WaitDialect = (typeof WAIT_DIALECTS)[number]

/**
 * A fixed window that starts at multiples of its length, as Braze's hourly windows start on the clock hour.
 */
export type RateLimit = { requests: number; seconds: number }

export type SimulatorSettings = {
  /** The permissions of each API key. */
  keys: Readonly<Record<string, readonly Permission[]>>
  trackLimit: RateLimit
  exportLimit: RateLimit
  waitDialect: WaitDialect
  /** The number of latest requests that `requests()` keeps, with their bodies. */
  retainedRequests: number
}

/** The simulator's key unless others are set. It works nowhere else. */
export const SIMULATOR_KEY = 'key-of-the-braze-simulator'

export const DEFAULT_SETTINGS: SimulatorSettings = {
  keys: { [SIMULATOR_KEY]: ['users.track', 'users.export.ids'] },
  // The limits of Braze's data-point contracts. MAU contracts and older accounts have other limits.
  trackLimit: { requests: 3000, seconds: 3 },
  exportLimit: { requests: 250, seconds: 60 },
  waitDialect: 'x-ratelimit-retry-after',
  retainedRequests: 5000,
}
