import type { Authentication } from '../../functions/shared/connection.ts'
import { hmacSignature, standardWebhookSignature } from '../../functions/shared/proofs.ts'

/** A request as its sender signs it. */
export type SignableRequest = {
  /** The bytes as they are sent. */
  body: Uint8Array
  /** Milliseconds since the epoch. */
  now: number
  /** Names the message, where the sender must. */
  id: string
}

/**
 * The headers by which a sender proves that it knows a token: what `functions/shared/authentication` looks for.
 * @returns undefined where the token can't serve for this way.
 */
export function signedHeaders(
  method: Authentication,
  token: string,
  { body, now, id }: SignableRequest,
): Record<string, string> | undefined {
  const seconds = String(Math.floor(now / 1_000))
  switch (method.kind) {
    case 'header':
      return { [method.name]: token }
    case 'bearer':
      return { authorization: `Bearer ${token}` }
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${method.user}:${token}`).toString('base64')}` }
    case 'hmac': {
      const { header, prefix, encoding, timestampHeader } = method
      const timestamp = timestampHeader === undefined ? undefined : seconds
      return {
        [header]: prefix + hmacSignature(token, timestamp, body, encoding),
        ...(timestampHeader !== undefined && { [timestampHeader]: seconds }),
      }
    }
    case 'standard-webhooks': {
      const signature = standardWebhookSignature(token, id, seconds, body)
      if (signature === undefined) return undefined
      return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signature }
    }
  }
}
