import { TRACK_TIMEOUT_MS } from './limits.ts'
import type { Credentials } from './secrets.ts'

export type BrazeCall = { path: string; body: string; timeoutMs: number }

export type BrazeAnswer =
  /** Header names are lower case. */
  | { kind: 'answer'; status: number; headers: Readonly<Record<string, string>>; body: string }
  /** Braze may have applied the request all the same. */
  | { kind: 'no answer'; cause: 'timeout' | 'network' }

/**
 * POSTs JSON to Braze. Redirects are not followed, because that would send the API key to another host.
 * @returns the answer, or why there was none.
 */
export async function callBraze(
  { apiKey, restEndpoint }: Credentials,
  { path, body, timeoutMs }: BrazeCall,
): Promise<BrazeAnswer> {
  try {
    const response = await fetch(new URL(path, restEndpoint), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'user-agent': 'actioniq-braze-bridge',
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    })
    // Braze can echo the key, and its error texts end up in dead letters and in answers to senders.
    const text = (await response.text()).replaceAll(apiKey, '(the key)')
    return {
      kind: 'answer',
      status: response.status,
      headers: Object.fromEntries(response.headers),
      body: text,
    }
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    return { kind: 'no answer', cause: isTimeout ? 'timeout' : 'network' }
  }
}

/** Braze's two routes. They have no trailing slash, because Braze can answer 403 to a path that has one. */
export const TRACK_PATH = '/users/track'
export const EXPORT_IDS_PATH = '/users/export/ids'

export const track = (credentials: Credentials, body: string): Promise<BrazeAnswer> =>
  callBraze(credentials, { path: TRACK_PATH, body, timeoutMs: TRACK_TIMEOUT_MS })
