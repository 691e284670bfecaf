import { createHmac } from 'node:crypto'
import type { Authentication } from '../connection.ts'
import type { BridgeRequest } from '../request.ts'
import { headerOf, type Proof } from './proof.ts'
import { signedRecently } from './signed-recently.ts'

type Hmac = Extract<Authentication, { kind: 'hmac' }>

/**
 * HMAC-SHA256 over the bytes of the body as they came, keyed with the token as text.
 * API Gateway hands some bodies on as text: what isn't UTF-8 in one of those is lost, and its signature fits no more.
 */
export function hmacIn(
  { headers, body }: Pick<BridgeRequest, 'headers' | 'body'>,
  { header, prefix, encoding, timestampHeader, toleranceSeconds }: Hmac,
  now: number,
): Proof | undefined {
  const value = headerOf(headers, header)
  if (value === undefined) return undefined
  const timestamp = timestampHeader === undefined ? undefined : headerOf(headers, timestampHeader)
  if (timestampHeader !== undefined && timestamp === undefined) return undefined

  const signature = value.startsWith(prefix) ? value.slice(prefix.length) : undefined
  const isTimely = timestamp === undefined || signedRecently(timestamp, toleranceSeconds, now)
  return {
    given:
      signature === undefined || !isTimely ? [] : [encoding === 'hex' ? signature.toLowerCase() : signature],
    expected: (token) => {
      const hmac = createHmac('sha256', token)
      if (timestamp !== undefined) hmac.update(`${timestamp}.`)
      return hmac.update(body).digest(encoding)
    },
  }
}
