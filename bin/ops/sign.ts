import { type Authentication, isSigned } from '../../functions/shared/authentication.ts'
import type { Connection } from '../../functions/shared/connection.ts'
import { hmacSignature, type Signature, standardWebhookSignature } from '../../functions/shared/proofs.ts'

/** A request as its sender signs it. */
export type SignableRequest = {
  /** The exact bytes that are sent. */
  body: Uint8Array
  /** Milliseconds since the epoch. */
  now: number
  /** The message id, for methods that require one. */
  id: string
}

/**
 * The headers that prove to `functions/shared/authentication` that the sender knows a token.
 * @returns undefined if the token cannot be used with this method.
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

/** @returns what the receiver knows of a request's signature with this method; undefined if it is not signed. */
export function signatureOf(method: Authentication | undefined): Signature | undefined {
  if (method?.kind === 'standard-webhooks') return { kind: 'standard-webhooks', id: '' }
  if (method?.kind === 'hmac') return { kind: 'hmac', signedAt: method.timestampHeader && '' }
  return undefined
}

/** The same for a connection whose requests are all signed. If it also accepts a token, a sender may use that. */
export const signatureAlwaysOf = ({ authentication }: Pick<Connection, 'authentication'>) =>
  authentication.every(isSigned) ? signatureOf(authentication[0]) : undefined
