import { createHmac } from 'node:crypto'
import type { Authentication } from '../../functions/shared/connection.ts'

/** A request as its sender signs it. */
export type ToSign = {
  /** The bytes as they are sent. */
  body: Uint8Array
  /** Milliseconds since the epoch. */
  now: number
  /** Names the message, where the sender must. */
  id: string
}

/** A secret of Standard Webhooks is base64, perhaps with this before it. */
const STANDARD_WEBHOOKS_SECRET = /^(?:whsec_)?([A-Za-z0-9+/_-]+={0,2})$/

/**
 * The headers by which a sender proves that it knows a token: what `functions/shared/authentication` looks for.
 * @returns undefined where the token can't serve for this way.
 */
export function signed(
  way: Authentication,
  token: string,
  { body, now, id }: ToSign,
): Record<string, string> | undefined {
  const seconds = String(Math.floor(now / 1_000))
  switch (way.kind) {
    case 'header':
      return { [way.name]: token }
    case 'bearer':
      return { authorization: `Bearer ${token}` }
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${way.user}:${token}`).toString('base64')}` }
    case 'hmac': {
      const { timestampHeader } = way
      const hmac = createHmac('sha256', token)
      if (timestampHeader !== undefined) hmac.update(`${seconds}.`)
      return {
        [way.header]: way.prefix + hmac.update(body).digest(way.encoding),
        ...(timestampHeader !== undefined && { [timestampHeader]: seconds }),
      }
    }
    case 'standard-webhooks': {
      const [, key] = STANDARD_WEBHOOKS_SECRET.exec(token) ?? []
      if (key === undefined) return undefined
      const hmac = createHmac('sha256', Buffer.from(key, 'base64')).update(`${id}.${seconds}.`).update(body)
      return {
        'webhook-id': id,
        'webhook-timestamp': seconds,
        'webhook-signature': `v1,${hmac.digest('base64')}`,
      }
    }
  }
}
