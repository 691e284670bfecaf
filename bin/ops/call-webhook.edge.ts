/** A request to the webhook as a sender makes it. Without a body it only tests the connection. */
export type WebhookCall = { url: string; headers: Record<string, string> }

export type WebhookAnswer =
  | {
      kind: 'answer'
      status: number
      body: string
      /** The `Date` header. */
      date: string | undefined
    }
  | { kind: 'no answer'; why: string }

/** Leaves room for a cold start, which takes two or three seconds. */
const TIMEOUT_MS = 15_000

/**
 * Sends a GET to the webhook, which accepts no rows that way. Redirects are not followed, because that would
 * send the token to another host.
 */
export async function callWebhook({ url, headers }: WebhookCall): Promise<WebhookAnswer> {
  try {
    const response = await fetch(url, {
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    return {
      kind: 'answer',
      status: response.status,
      body: await response.text(),
      date: response.headers.get('date') ?? undefined,
    }
  } catch (error) {
    const isTimeout = error instanceof Error && error.name === 'TimeoutError'
    return { kind: 'no answer', why: isTimeout ? 'no answer in time' : 'no connection' }
  }
}
