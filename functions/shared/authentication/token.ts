import type { BridgeRequest } from '../request.ts'
import { headerOf, type Proof } from './proof.ts'

const asItIs = (token: string) => token

/** The token in a header of its own. */
export function tokenIn(headers: BridgeRequest['headers'], name: string): Proof | undefined {
  const token = headerOf(headers, name)
  return token === undefined ? undefined : { given: [token], expected: asItIs }
}

/** `Authorization: Bearer <token>` (RFC 6750). */
export function bearerIn(headers: BridgeRequest['headers']): Proof | undefined {
  // `\S`, not `.`: many spaces before a character that `.` leaves out would be tried one by one.
  const token = /^bearer +(\S.*)$/i.exec(headers.authorization ?? '')?.[1]
  return token === undefined ? undefined : { given: [token], expected: asItIs }
}
