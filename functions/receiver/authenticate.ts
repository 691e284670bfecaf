import { createHash, timingSafeEqual } from 'node:crypto'
import type { ReadSecret } from '../shared/cached-secret.ts'
import type { Connection } from '../shared/connection.ts'
import type { Log } from '../shared/log.ts'
import type { BridgeRequest } from '../shared/request.ts'
import type { InboundSecret } from '../shared/secrets.ts'
import { traceOf } from '../shared/trace.ts'
import { NO_TOKEN, type Problem, SECRET_UNREADABLE, WRONG_TOKEN } from './problem.ts'

/**
 * A token that fits none of the kept values may be one that was rotated in a moment ago, and a sender drops what is
 * answered 401. So the secret is read again, but not for each wrong guess of a stranger.
 */
const REREAD_AFTER_MS = 10_000

/** The connection that a request came by. */
export type Sender = { name: string; connection: Connection }

/**
 * Lets a request in that carries a live token, in `x-api-key` or as a bearer. Fails closed: where the secret can't be
 * read nobody is let in, with an answer that makes the sender try again.
 * @returns undefined for a request that may pass.
 */
export async function authenticate(
  { headers }: Pick<BridgeRequest, 'headers'>,
  { name }: Sender,
  { readSecret, log }: { readSecret: (connection: string) => ReadSecret<InboundSecret>; log: Log },
): Promise<Problem | undefined> {
  const tokens = tokensIn(headers)
  if (tokens.length === 0) return NO_TOKEN
  const read = readSecret(name)
  try {
    if (fits(tokens, await read())) return undefined
    if (fits(tokens, await read({ olderThanMs: REREAD_AFTER_MS }))) return undefined
  } catch (error) {
    log.error('the inbound secret could not be read', traceOf(error))
    return SECRET_UNREADABLE
  }
  return WRONG_TOKEN
}

function tokensIn(headers: BridgeRequest['headers']): string[] {
  // `\S`, not `.`: many spaces before a character that `.` leaves out would be tried one by one.
  const bearer = /^bearer +(\S.*)$/i.exec(headers.authorization ?? '')?.[1]
  return [headers['x-api-key'], bearer].filter((token) => token !== undefined).filter((token) => token !== '')
}

/**
 * Compares every token with every live value, and stops at none, so that the time taken tells nothing. Digests have
 * one length, which `timingSafeEqual` wants.
 */
function fits(tokens: readonly string[], { token, previousToken }: InboundSecret): boolean {
  const live = previousToken === undefined ? [token] : [token, previousToken]
  const matches = tokens.flatMap((given) =>
    live.map((value) => timingSafeEqual(digest(given), digest(value))),
  )
  return matches.includes(true)
}

const digest = (text: string) => createHash('sha256').update(text).digest()
