import type { BridgeRequest } from '../request.ts'
import type { Proof } from './proof.ts'

/** `Authorization: Basic <base64 of user:token>` (RFC 7617), in UTF-8. */
export function basicIn(headers: BridgeRequest['headers'], user: string): Proof | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(headers.authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const given = Buffer.from(encoded, 'base64').toString('utf8')
  return { given: [given], expected: (token) => `${user}:${token}` }
}
