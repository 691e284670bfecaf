import { createHash, timingSafeEqual } from 'node:crypto'
import type { ReadSecret } from '../cached-secret.ts'
import type { Authentication, Connection } from '../connection.ts'
import type { Log } from '../log.ts'
import type { BridgeRequest } from '../request.ts'
import type { InboundSecret } from '../secrets.ts'
import { traceOf } from '../trace.ts'
import { isAllowed } from './allowed-ips.ts'
import { basicIn } from './basic.ts'
import { hmacIn } from './hmac.ts'
import type { Proof } from './proof.ts'
import { standardWebhookIn } from './standard-webhooks.ts'
import { bearerIn, tokenIn } from './token.ts'

/**
 * A token that fits none of the kept values may be one that was rotated in a moment ago, and a sender drops what is
 * answered 401. So the secret is read again, but not for each wrong guess of a stranger.
 */
export const REREAD_AFTER_MS = 10_000

/** The connection that a request came by. */
export type Sender = { name: string; connection: Connection }

/** Why a request was not let in. */
export type Stranger = 'no credentials' | 'wrong credentials' | 'address not allowed' | 'secret unreadable'

type Signed = Pick<BridgeRequest, 'headers' | 'body' | 'sourceIp'>

/**
 * Lets a request in that proves, in any one of its connection's ways, to know a live token of that connection, and that
 * comes from where it may. Fails closed: where the secret can't be read nobody is let in.
 * The address comes last, so that only who knows the token is told of it.
 * @returns undefined for a request that may pass.
 */
export async function authenticate(
  request: Signed,
  { name, connection: { authentication, allowedIps } }: Sender,
  deps: {
    readSecret: (connection: string) => ReadSecret<InboundSecret>
    /** Milliseconds since 1970. */
    now: () => number
    log: Log
  },
): Promise<Stranger | undefined> {
  const now = deps.now()
  const proofs = authentication.flatMap((way) => proofIn(request, way, now) ?? [])
  if (proofs.length === 0) return 'no credentials'
  const read = deps.readSecret(name)
  try {
    const isKnown = fits(proofs, await read()) || fits(proofs, await read({ olderThanMs: REREAD_AFTER_MS }))
    if (!isKnown) return 'wrong credentials'
  } catch (error) {
    deps.log.error('the inbound secret could not be read', traceOf(error))
    return 'secret unreadable'
  }
  return allowedIps && !isAllowed(request.sourceIp, allowedIps) ? 'address not allowed' : undefined
}

/** @returns undefined where the request shows nothing of this kind. */
function proofIn(request: Signed, way: Authentication, now: number): Proof | undefined {
  switch (way.kind) {
    case 'header':
      return tokenIn(request.headers, way.name)
    case 'bearer':
      return bearerIn(request.headers)
    case 'basic':
      return basicIn(request.headers, way.user)
    case 'hmac':
      return hmacIn(request, way, now)
    case 'standard-webhooks':
      return standardWebhookIn(request, way.toleranceSeconds, now)
  }
}

/**
 * Compares everything that was given with what every live token expects, and stops at none, so that the time taken
 * tells nothing. Digests have one length, which `timingSafeEqual` wants.
 */
function fits(proofs: readonly Proof[], { token, previousToken }: InboundSecret): boolean {
  const live = previousToken === undefined ? [token] : [token, previousToken]
  const matches = proofs.flatMap(({ given, expected }) =>
    live.flatMap((value) => {
      const right = given.length === 0 ? undefined : expected(value)
      return right === undefined ? [] : given.map((one) => timingSafeEqual(digest(one), digest(right)))
    }),
  )
  return matches.includes(true)
}

const digest = (text: string) => createHash('sha256').update(text).digest()
