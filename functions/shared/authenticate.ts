import { createHash, timingSafeEqual } from 'node:crypto'
import { BlockList } from 'node:net'
import { type Authentication, isSigned } from './authentication.ts'
import { type Connection, type Connections, DEFAULT_CONNECTION } from './connection.ts'
import type { ReceiverEnv } from './env.ts'
import type { BridgeRequest } from './http-request.ts'
import { type Log, traceOf } from './log.ts'
import {
  basicIn,
  bearerIn,
  hmacIn,
  type Proof,
  type Signature,
  standardWebhookIn,
  tokenIn,
} from './proofs.ts'
import { type InboundSecret, ReadFailedRecently, type ReadSecret } from './secrets.ts'

/**
 * Makes the lookup from a connection's name to the reader of its inbound secret. AWS named the secret of the
 * default connection; the others are named after their connections.
 * @param open makes the reader of the secret of this name or ARN.
 * @returns a lookup that throws if there is no connection with this name.
 */
export function inboundSecrets(
  open: (id: string) => ReadSecret<InboundSecret>,
  {
    INBOUND_SECRET_ID,
    INBOUND_SECRET_PREFIX,
  }: Pick<ReceiverEnv, 'INBOUND_SECRET_ID' | 'INBOUND_SECRET_PREFIX'>,
  connections: readonly string[],
): (connection: string) => ReadSecret<InboundSecret> {
  const idOf = (name: string) =>
    name === DEFAULT_CONNECTION ? INBOUND_SECRET_ID : INBOUND_SECRET_PREFIX + name
  const secrets = new Map(connections.map((name) => [name, open(idOf(name))] as const))
  return (connection) => {
    const read = secrets.get(connection)
    if (!read) throw new Error('there is no connection with this name')
    return read
  }
}

/**
 * In milliseconds. A token that matches none of the cached values may have been rotated in a moment ago, and
 * a sender drops what is answered 401. The secret is therefore read again first, but no more often than this,
 * so that the wrong guesses of unauthenticated requests do not each cause a read.
 */
export const REREAD_AFTER_MS = 10_000

/**
 * The connection that a request came through. If the request names one that is not set up, this is the default
 * connection with `isUnknown`, and no credentials are accepted.
 */
export type Sender = { name: string; connection: Connection; isUnknown?: true }

/** Why a request could not be authenticated. */
export type AuthFailure = 'no credentials' | 'wrong credentials' | 'address not allowed' | 'secret unreadable'

type SignedRequest = Pick<BridgeRequest, 'headers' | 'body' | 'sourceIp'>

/** A request that passed. `signature` is undefined if it showed the token itself. */
export type Authenticated = { signature: Signature | undefined }

type AuthDeps = {
  readSecret: (connection: string) => ReadSecret<InboundSecret>
  /** Milliseconds since 1970. */
  now: () => number
  log: Log
}

/**
 * Authenticates a request that proves, in any one of its connection's ways, that it knows a live token of
 * that connection, and that comes from an allowed address. It fails closed: if the secret cannot be read, no
 * request passes. The address is checked last, so that only a sender who knows the token learns that its
 * address is not allowed.
 * @returns why the request may not pass, or what its signature covers. A request that shows both the token itself and
 * a signature counts as unsigned, because whoever only recorded a signed request does not know the token.
 */
export async function authenticateSender(
  request: SignedRequest,
  { name, connection: { authentication, allowedIps }, isUnknown }: Sender,
  deps: AuthDeps,
): Promise<AuthFailure | Authenticated> {
  const now = deps.now()
  const proofs = authentication.flatMap((way) => proofIn(request, way, now) ?? [])
  if (proofs.length === 0) return 'no credentials'
  if (isUnknown) return 'wrong credentials'
  const read = deps.readSecret(name)
  let right: Proof[]
  try {
    right = rightProofs(proofs, await read())
    if (right.length === 0) right = rightProofs(proofs, await read({ olderThanMs: REREAD_AFTER_MS }))
  } catch (error) {
    if (!(error instanceof ReadFailedRecently))
      deps.log.error('the inbound secret could not be read', traceOf(error))
    return 'secret unreadable'
  }
  if (right.length === 0) return 'wrong credentials'
  if (allowedIps && !isAllowedAddress(request.sourceIp, allowedIps)) return 'address not allowed'
  return { signature: right.every(({ signature }) => signature) ? right[0]?.signature : undefined }
}

/**
 * Authenticates a request for which it does not matter whether it is signed.
 * @returns undefined if the request may pass; otherwise why it may not.
 */
export async function authenticate(
  request: SignedRequest,
  sender: Sender,
  deps: AuthDeps,
): Promise<AuthFailure | undefined> {
  const outcome = await authenticateSender(request, sender, deps)
  return typeof outcome === 'string' ? outcome : undefined
}

/**
 * The sender without its signatures, for paths that accept tokens only. A signature does not cover the path, so a
 * request that was recorded elsewhere could be sent to them.
 */
export const withTokensOnly = (sender: Sender): Sender => ({
  ...sender,
  connection: {
    ...sender.connection,
    authentication: sender.connection.authentication.filter((way) => !isSigned(way)),
  },
})

/** @returns undefined if the request carries no credentials of this kind. */
function proofIn(request: SignedRequest, way: Authentication, now: number): Proof | undefined {
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
 * Compares everything the request gave with what each live token expects. It never stops early, so that the
 * time taken reveals nothing. It compares digests because `timingSafeEqual` requires values of the same
 * length.
 * @returns the proofs that are right.
 */
function rightProofs(proofs: readonly Proof[], { token, previousToken }: InboundSecret): Proof[] {
  const live = previousToken === undefined ? [token] : [token, previousToken]
  return proofs.filter(({ given, expected }) => {
    const matches = live.flatMap((value) => {
      const right = given.length === 0 ? undefined : expected(value)
      return right === undefined ? [] : given.map((one) => timingSafeEqual(digest(one), digest(right)))
    })
    return matches.includes(true)
  })
}

const digest = (text: string) => createHash('sha256').update(text).digest()

const familyOf = (address: string) => (address.includes(':') ? 'ipv6' : 'ipv4')

/** @param allowed addresses and CIDR blocks. An IPv4 entry also matches the same address written as IPv6. */
export function isAllowedAddress(sourceIp: string, allowed: readonly string[]): boolean {
  const list = new BlockList()
  for (const entry of allowed) {
    const [address = '', bits] = entry.split('/')
    if (bits === undefined) list.addAddress(address, familyOf(address))
    else list.addSubnet(address, Number(bits), familyOf(address))
  }
  return list.check(sourceIp, familyOf(sourceIp))
}

/**
 * Returns the connection whose rules apply to a request: the default connection if the request names one that is
 * not set up. A 401 then describes how to authenticate with the default connection, but its token is not accepted.
 */
export function resolveConnection(asked: string, connections: Connections): Sender {
  const connection = Object.hasOwn(connections, asked) ? connections[asked] : undefined
  if (connection) return { name: asked, connection }
  return { name: DEFAULT_CONNECTION, connection: connections[DEFAULT_CONNECTION], isUnknown: true }
}
