import { callBraze } from '../shared/braze-call.ts'
import type { Credentials } from '../shared/braze-secret.ts'
import type { Answer } from './judge.ts'

/** What `send-window.ts` reckons with for the last request of an invocation. */
export const REQUEST_TIMEOUT_MS = 8_000

/** No trailing slash: Braze can answer 403 to one. */
const TRACK_PATH = '/users/track'

/** POST /users/track. */
export const track = (credentials: Credentials, body: string): Promise<Answer> =>
  callBraze(credentials, { path: TRACK_PATH, body, timeoutMs: REQUEST_TIMEOUT_MS })
