import type { Answer } from './judge.ts'
import type { Credentials } from './run.ts'

/** What `send-window.ts` reckons with for the last request of an invocation. */
const REQUEST_TIMEOUT_MS = 8_000

/** No trailing slash: Braze can answer 403 to one. */
const TRACK_PATH = '/users/track'

/**
 * POST /users/track. A redirect is not followed, since it would carry the key elsewhere.
 * @returns the answer, or why there was none; the request may have been applied all the same.
 */
export async function track({ apiKey, restEndpoint }: Credentials, body: string): Promise<Answer> {
  try {
    const response = await fetch(new URL(TRACK_PATH, restEndpoint), {
      method: 'POST',
      headers: {
        authorization: `Bearer ${apiKey}`,
        'content-type': 'application/json',
        'user-agent': 'actioniq-braze-bridge',
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    })
    // Braze can echo the key, and its words end in dead letters.
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
