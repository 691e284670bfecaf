import { setTimeout as pause } from 'node:timers/promises'
import * as z from 'zod'

const PAUSE_MS = 100

const Accepted = z.object({ accepted: z.number(), rejected: z.number().default(0) })

export type WebhookTarget = { url: string; token: string; signal: AbortSignal }

/** A request of a sender. Its repetitions have the same `key`. */
export type IdempotentRequest = { path: string; key: string; body: string }

export type AcceptedPost = {
  /** The number of accepted rows. */
  accepted: number
  rejected: number
  attempts: number
}

/**
 * Sends the same bytes with the same key until the answer is 200, whatever happens to the connection.
 * @throws Error for every answer other than 200 and 503.
 */
export async function postUntilAccepted(
  { url, token, signal }: WebhookTarget,
  { path, key, body }: IdempotentRequest,
): Promise<AcceptedPost> {
  for (let attempts = 1; ; attempts++) {
    const answer = await attempt(`${url}${path}`, { token, key, body, signal })
    if (answer?.status === 200) return { ...Accepted.parse(JSON.parse(answer.text)), attempts }
    if (answer && answer.status !== 503) throw new Error(`${path} answered ${answer.status}: ${answer.text}`)
    await pause(PAUSE_MS, undefined, { signal })
  }
}

/** @returns undefined if the connection could not be made or broke. */
async function attempt(
  url: string,
  { token, key, body, signal }: { token: string; key: string; body: string; signal: AbortSignal },
): Promise<{ status: number; text: string } | undefined> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'x-api-key': token, 'content-type': 'application/json', 'idempotency-key': key },
      body,
      signal,
    })
    return { status: response.status, text: await response.text() }
  } catch (error) {
    if (signal.aborted) throw error
    return undefined
  }
}
