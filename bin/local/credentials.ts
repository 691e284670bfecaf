import { createHmac } from 'node:crypto'
import type { Authentication } from '../../functions/shared/connection.ts'

/** Marks a secret of Standard Webhooks; the key is the rest, in base64. */
const STANDARD_WEBHOOKS_MARK = 'whsec_'

/**
 * The headers by which a sender proves that it knows a connection's token: what the receiver's authentication checks,
 * from the other side.
 * @param now milliseconds since the epoch.
 * @param id names this request; sent again with the same one it is taken for a repetition.
 */
export function credentials(
  way: Authentication,
  token: string,
  { body, now, id }: { body: Uint8Array; now: number; id: string },
): Record<string, string> {
  const seconds = String(Math.floor(now / 1_000))
  switch (way.kind) {
    case 'header':
      return { [way.name]: token }
    case 'bearer':
      return { authorization: `Bearer ${token}` }
    case 'basic':
      return { authorization: `Basic ${Buffer.from(`${way.user}:${token}`).toString('base64')}` }
    case 'hmac': {
      const hmac = createHmac('sha256', token)
      if (way.timestampHeader !== undefined) hmac.update(`${seconds}.`)
      const signature = way.prefix + hmac.update(body).digest(way.encoding)
      return {
        [way.header]: signature,
        ...(way.timestampHeader !== undefined && { [way.timestampHeader]: seconds }),
      }
    }
    case 'standard-webhooks': {
      const key = Buffer.from(token.replace(STANDARD_WEBHOOKS_MARK, ''), 'base64')
      const hmac = createHmac('sha256', key).update(`${id}.${seconds}.`).update(body)
      return {
        'webhook-id': id,
        'webhook-timestamp': seconds,
        'webhook-signature': `v1,${hmac.digest('base64')}`,
      }
    }
  }
}
