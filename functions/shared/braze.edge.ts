import { TRACK_TIMEOUT_MS } from './limits.ts'
import type { Credentials } from './secrets.ts'

export type BrazeCall = {
  path: string
  body: string
  timeoutMs: number
  /** The answer's body is read up to this size, in bytes after decompression. */
  maxAnswerBytes: number
}

export type BrazeAnswer =
  /** Header names are lower case. A body that is too large is not read to its end, and is left out. */
  | {
      kind: 'answer'
      status: number
      headers: Readonly<Record<string, string>>
      body: string
      isTooLarge?: true
    }
  /** Braze may have applied the request all the same. */
  | { kind: 'no answer'; cause: 'timeout' | 'network' }

/**
 * POSTs JSON to Braze. Redirects are not followed, because that would send the API key to another host.
 * @returns the answer, or why there was none.
 */
export async function callBraze(
  { apiKey, restEndpoint }: Credentials,
  { path, body, timeoutMs, maxAnswerBytes }: BrazeCall,
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
    const { status } = response
    const headers = Object.fromEntries(response.headers)
    const text = await textUpTo(maxAnswerBytes, response)
    if (text === undefined) return { kind: 'answer', status, headers, body: '', isTooLarge: true }
    // Braze can echo the key, and its error texts end up in dead letters and in answers to senders.
    return { kind: 'answer', status, headers, body: text.replaceAll(apiKey, '(the key)') }
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    return { kind: 'no answer', cause: isTimeout ? 'timeout' : 'network' }
  }
}

/**
 * Reads a body. Leaving the loop closes the connection, so nothing more of an endless body is received.
 * @returns undefined if it is larger than `maxBytes`.
 */
async function textUpTo(maxBytes: number, { body }: Response): Promise<string | undefined> {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) return undefined
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}

/**
 * In bytes. The largest answer to /users/track has an error for each of 75 objects, which is a few kilobytes.
 * Without a limit, an answer of 100 MB would exhaust the function's memory.
 */
const MAX_TRACK_ANSWER_BYTES = 1_000_000

/**
 * In bytes. An answer about 50 profiles, the most that Braze returns at once, can be large. More than this does not
 * fit into a function's response.
 */
export const MAX_EXPORT_ANSWER_BYTES = 5_000_000

/** Braze's two routes. They have no trailing slash, because Braze can answer 403 to a path that has one. */
export const TRACK_PATH = '/users/track'
export const EXPORT_IDS_PATH = '/users/export/ids'

export const track = (credentials: Credentials, body: string): Promise<BrazeAnswer> =>
  callBraze(credentials, {
    path: TRACK_PATH,
    body,
    timeoutMs: TRACK_TIMEOUT_MS,
    maxAnswerBytes: MAX_TRACK_ANSWER_BYTES,
  })
