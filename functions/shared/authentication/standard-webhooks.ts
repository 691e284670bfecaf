import { createHmac } from 'node:crypto'
import type { BridgeRequest } from '../request.ts'
import { headerOf, type Proof } from './proof.ts'
import { signedRecently } from './signed-recently.ts'

/** The symmetric signatures of Standard Webhooks; a header may hold several, of other versions too. */
const VERSION = 'v1,'

/** `whsec_` marks a secret for people and scanners; the key is the rest, in base64 of either alphabet. */
const SECRET = /^(?:whsec_)?([A-Za-z0-9+/_-]+)={0,2}$/

/**
 * The webhook-… headers of Standard Webhooks 1.0 (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and the
 * bytes of the body, with dots between.
 */
export function standardWebhookIn(
  { headers, body }: Pick<BridgeRequest, 'headers' | 'body'>,
  toleranceSeconds: number,
  now: number,
): Proof | undefined {
  const id = headerOf(headers, 'webhook-id')
  const timestamp = headerOf(headers, 'webhook-timestamp')
  const signatures = headerOf(headers, 'webhook-signature')
  if (id === undefined || timestamp === undefined || signatures === undefined) return undefined
  const given = signatures.split(' ').filter((signature) => signature.startsWith(VERSION))
  return {
    given: signedRecently(timestamp, toleranceSeconds, now) ? given : [],
    expected: (token) => {
      const key = SECRET.exec(token)?.[1]
      if (key === undefined) return undefined
      const hmac = createHmac('sha256', Buffer.from(key, 'base64'))
      return VERSION + hmac.update(`${id}.${timestamp}.`).update(body).digest('base64')
    },
  }
}
