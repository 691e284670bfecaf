export type Permission = 'users.track' | 'users.export.ids'

/** How a 429 tells the wait: Braze's contracts differ, and one of them tells nothing. */
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

/** A window that begins anew at whole multiples of its length, as Braze's hourly ones begin on the clock hour. */
export type RateLimit = { requests: number; seconds: number }

export type SimulatorSettings = {
  /** API keys and what each may do. */
  keys: Readonly<Record<string, readonly Permission[]>>
  trackLimit: RateLimit
  exportLimit: RateLimit
  waitDialect: WaitDialect
  /** How many of the latest requests `requests()` keeps, bodies included. */
  retainedRequests: number
}

/** The key of the simulator unless other keys are set. It opens nothing else. */
export const SIMULATOR_KEY = 'key-of-the-braze-simulator'

export const DEFAULT_SETTINGS: SimulatorSettings = {
  keys: { [SIMULATOR_KEY]: ['users.track', 'users.export.ids'] },
  // Braze's data-point contracts; MAU contracts and older accounts have others.
  trackLimit: { requests: 3000, seconds: 3 },
  exportLimit: { requests: 250, seconds: 60 },
  waitDialect: 'x-ratelimit-retry-after',
  retainedRequests: 5000,
}
