import { createHmac } from 'node:crypto'
import type { Authentication } from './authentication.ts'
import type { BridgeRequest } from './http-request.ts'
import { CLOCK_AHEAD_SECONDS } from './limits.ts'

/**
 * What a signature covers besides the body: the id that the sender gave the request, or the time of signing as it
 * is in its header. An HMAC without a time covers the body alone.
 */
export type Signature =
  | { kind: 'standard-webhooks'; id: string }
  | { kind: 'hmac'; signedAt: string | undefined }

/** What one request shows to prove who sent it, by one kind of authentication. */
export type Proof = {
  /** Any one of them may be the right one; none where what was sent can't be right. */
  given: readonly string[]
  /** What would be right under this token; undefined where the token can't serve for this kind. */
  expected: (token: string) => string | undefined
  /** Absent if the request shows the token itself. */
  signature?: Signature
}

/** @returns undefined where there is none, or an empty one. A name may be one that every object inherits. */
export function headerOf(headers: BridgeRequest['headers'], name: string): string | undefined {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  return value === '' ? undefined : value
}

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

/** `Authorization: Basic <base64 of user:token>` (RFC 7617), in UTF-8. */
export function basicIn(headers: BridgeRequest['headers'], user: string): Proof | undefined {
  const encoded = /^basic +([A-Za-z0-9+/]+={0,2})$/i.exec(headers.authorization ?? '')?.[1]
  if (encoded === undefined) return undefined
  const given = Buffer.from(encoded, 'base64').toString('utf8')
  return { given: [given], expected: (token) => `${user}:${token}` }
}

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
    expected: (token) => hmacSignature(token, timestamp, body, encoding),
    signature: { kind: 'hmac', signedAt: timestamp },
  }
}

/** @param timestamp is signed too, where there is one. */
export function hmacSignature(
  token: string,
  timestamp: string | undefined,
  body: Uint8Array,
  encoding: Hmac['encoding'],
): string {
  const hmac = createHmac('sha256', token)
  if (timestamp !== undefined) hmac.update(`${timestamp}.`)
  return hmac.update(body).digest(encoding)
}

/** The symmetric signatures of Standard Webhooks; a header may hold several, of other versions too. */
const VERSION = 'v1,'

/** `whsec_` marks a secret for people and scanners; the key is the rest, in base64 of either alphabet. */
const SECRET = /^(?:whsec_)?([A-Za-z0-9+/_-]+)={0,2}$/

/**
 * The webhook-… headers of Standard Webhooks 1.0 (https://www.standardwebhooks.com): HMAC-SHA256 over id, time and the
 * bytes of the body, with dots between. An id with a dot in it is not accepted ("Signature scheme" there advises
 * senders against it): parts of it could be passed off as the time or the body.
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
    given: !id.includes('.') && signedRecently(timestamp, toleranceSeconds, now) ? given : [],
    expected: (token) => standardWebhookSignature(token, id, timestamp, body),
    signature: { kind: 'standard-webhooks', id },
  }
}

/** @returns undefined for a token that is not a secret of Standard Webhooks. */
export function standardWebhookSignature(
  token: string,
  id: string,
  timestamp: string,
  body: Uint8Array,
): string | undefined {
  const key = SECRET.exec(token)?.[1]
  if (key === undefined) return undefined
  const hmac = createHmac('sha256', Buffer.from(key, 'base64'))
  return VERSION + hmac.update(`${id}.${timestamp}.`).update(body).digest('base64')
}

/** Enough digits for each second until the year 33658, and few enough to be exact as a number. */
const SECONDS = /^\d{1,12}$/

/**
 * Whether a signature's time is near enough to now, so that whoever recorded the request cannot send it again later.
 * It may be a little in the future, because clocks differ.
 * @param timestamp the header as it is: seconds since 1970.
 * @param toleranceSeconds how far it may be in the past.
 * @param now milliseconds since 1970.
 */
export function signedRecently(timestamp: string, toleranceSeconds: number, now: number): boolean {
  if (!SECONDS.test(timestamp)) return false
  const ageSeconds = now / 1_000 - Number(timestamp)
  return ageSeconds >= -CLOCK_AHEAD_SECONDS && ageSeconds <= toleranceSeconds
}
