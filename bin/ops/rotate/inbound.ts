import * as z from 'zod'
import { REREAD_AFTER_MS } from '../../../functions/shared/authenticate.ts'
import { CACHE_MS } from '../../../functions/shared/secrets.edge.ts'
import { InboundSecret } from '../../../functions/shared/secrets.ts'
import type { StartProgress } from '../../cli/progress.ts'
import type { SecretStore } from '../secret-store.edge.ts'
import { newToken, type RandomBytes } from './new-token.ts'
import { timeOfDay } from './time-of-day.ts'
import {
  formatTokenStatus,
  INTERRUPTED,
  isFine,
  type TokenDeps,
  type TokenStatus,
  tokenStatus,
} from './token-status.ts'

export type InboundRotationOptions = {
  step: 'look' | 'start' | 'finish'
  /** Print the new token. */
  show: boolean
}

export type InboundRotationDeps = TokenDeps & {
  store: SecretStore
  randomBytes: RandomBytes
  /** Asks the operator before the previous token is removed, which cannot be undone. */
  confirm: () => Promise<boolean>
  now: () => number
  pause: (ms: number) => Promise<void>
  stop: AbortSignal
  startProgress: StartProgress
  /** Says where the operator finds the secret. */
  secretLocation: string
  /** The command line of this rotation, without its step. */
  command: string
  /** The command line that checks everything. */
  check: string
  out: (line: string) => void
  error: (line: string) => void
}

/** The state after a step. Contains no token. */
export type InboundRotation = {
  /** Whether everything is as it should be after this step. */
  ok: boolean
  secret: 'one token' | 'two tokens' | 'invalid'
  /** The newer of two tokens. */
  current?: TokenStatus
  previous?: TokenStatus
}

/** The inbound secret. Its other fields are kept. */
const Tokens = z.looseObject(InboundSecret.shape)
type Tokens = z.infer<typeof Tokens>

/**
 * Moves from one token to the next without rejecting any request: both are valid in between. The secret
 * itself records the progress, so that each step can be taken by another operator on another day.
 */
export async function rotateInbound(
  { step, show }: InboundRotationOptions,
  deps: InboundRotationDeps,
): Promise<InboundRotation> {
  const { data } = Tokens.safeParse(await deps.store.read())
  if (!data) {
    deps.error(`The inbound secret is invalid, and nothing was written. See what is wrong: ${deps.check}`)
    return { ok: false, secret: 'invalid' }
  }
  const { previousToken } = data
  if (step === 'start' && previousToken === undefined) return start(data, show, deps)
  if (step === 'finish' && previousToken !== undefined) return finish({ ...data, previousToken }, deps)
  if (step === 'start') deps.out('A rotation is already in progress: no token was created.')
  if (step === 'finish') deps.out('There is no previous token to remove.')
  return showProgress(data, show, deps)
}

/** Prints the progress of a rotation and the next step. */
async function showProgress(
  secret: Tokens,
  show: boolean,
  deps: InboundRotationDeps,
): Promise<InboundRotation> {
  const { token, previousToken } = secret
  if (previousToken === undefined) {
    const current = await testToken('The token', token, deps)
    deps.out(`No rotation is in progress. Start one: ${deps.command} --start`)
    return { ok: isFine(current), secret: 'one token', current }
  }
  const current = await testToken('The new token', token, deps)
  const previous = await testToken('The previous token', previousToken, deps)
  printNewToken(token, show, deps)
  return { ok: isFine(current) && isFine(previous), secret: 'two tokens', current, previous }
}

/** Prints where the new token is, and the next step. */
function printNewToken(
  token: string,
  show: boolean,
  { out, secretLocation, command }: InboundRotationDeps,
): void {
  out(show ? `The new token: ${token}` : `The new token is under "token" in ${secretLocation}`)
  out('Give it to the sender. The previous token stays valid until you finish the rotation.')
  out(`When the sender uses the new token: ${command} --finish`)
}

/**
 * Starts a rotation. The webhook must accept the current token first, so that a rotation does not start while
 * something is wrong.
 */
async function start(secret: Tokens, show: boolean, deps: InboundRotationDeps): Promise<InboundRotation> {
  const used = await testToken('The current token', secret.token, deps)
  if (!isFine(used)) {
    deps.error(`No new token was created, and nothing was changed. Find the cause first: ${deps.check}`)
    return { ok: false, secret: 'one token', current: used }
  }
  const token = newToken(deps.connection.authentication, deps.randomBytes)
  await deps.store.write({ ...secret, token, previousToken: secret.token })
  deps.out('A new token was stored. Both tokens are valid now.')
  const current = await waitUntilAccepted(token, deps)
  const previous = await testToken('The previous token', secret.token, deps)
  const ok = isFine(current) && isFine(previous)
  if (ok) printNewToken(token, show, deps)
  else
    deps.error(
      `Do not give the new token to the sender yet. Run this until both tokens are accepted: ${deps.command}`,
    )
  return { ok, secret: 'two tokens', current, previous }
}

/**
 * A receiver that has just read the secret does not read it again for an unknown token. Secrets Manager may
 * also return the previous value for some seconds.
 */
const SETTLE_MS = REREAD_AFTER_MS + 5_000
const ACCEPTED_TRIES = 6

async function waitUntilAccepted(token: string, deps: InboundRotationDeps): Promise<TokenStatus> {
  let found: TokenStatus = INTERRUPTED
  for (let tries = 0; tries < ACCEPTED_TRIES && !deps.stop.aborted; tries++) {
    await deps.pause(SETTLE_MS)
    found = await tokenStatus(token, deps)
    if (found.status !== 'rejected') break
  }
  printTokenStatus('The new token', found, deps)
  return found
}

/**
 * Ends a rotation. A receiver caches the secret for five minutes, so only then have all of them forgotten the
 * previous token.
 */
async function finish(
  { previousToken, ...rest }: Tokens & { previousToken: string },
  deps: InboundRotationDeps,
): Promise<InboundRotation> {
  const current = await testToken('The new token', rest.token, deps)
  if (!isFine(current)) {
    deps.error(`The previous token was kept, and nothing was changed. Find the cause first: ${deps.check}`)
    return { ok: false, secret: 'two tokens', current }
  }
  if (!(await deps.confirm())) return { ok: false, secret: 'two tokens', current }
  await deps.store.write(rest)
  const until = deps.now() + CACHE_MS
  deps.out(
    `The previous token was removed from the secret. Receivers forget it by ${timeOfDay(until)}; a sender that still uses it then gets 401.`,
  )
  const previous = await waitUntilForgotten(previousToken, until, deps)
  return { ok: printEnd(previous, deps), secret: 'one token', current, previous }
}

/** @returns whether the rotation is complete. */
function printEnd(previous: TokenStatus, { out, error, stop, check }: InboundRotationDeps): boolean {
  const isForgotten = previous.status === 'not tested'
  if (isForgotten || previous.status === 'rejected') {
    out(`The previous token is ${isForgotten ? 'forgotten' : 'rejected'}. The rotation is complete.`)
    return true
  }
  const reason = previous.status === 'unknown' ? ` (${previous.reason})` : ''
  error(
    stop.aborted
      ? 'Interrupted: the rotation completes by itself.'
      : `The previous token is not rejected yet${reason}. See what is wrong: ${check}`,
  )
  return false
}

const POLL_MS = 15_000

/**
 * Tries after the five minutes, because Secrets Manager may return the previous value for some seconds more.
 */
const FORGOTTEN_TRIES = 4

async function waitUntilForgotten(
  token: string,
  until: number,
  deps: InboundRotationDeps,
): Promise<TokenStatus> {
  const progress = deps.startProgress(CACHE_MS / 1_000, 'Waiting, in seconds; Ctrl-C is safe')
  const startedAt = deps.now()
  while (deps.now() < until && !deps.stop.aborted) {
    await deps.pause(Math.min(POLL_MS, until - deps.now()))
    progress.to(Math.round((deps.now() - startedAt) / 1_000), '')
  }
  let found: TokenStatus = deps.stop.aborted ? INTERRUPTED : await tokenStatus(token, deps)
  for (let tries = 1; tries < FORGOTTEN_TRIES && found.status === 'accepted' && !deps.stop.aborted; tries++) {
    await deps.pause(POLL_MS)
    found = await tokenStatus(token, deps)
  }
  progress.end(deps.stop.aborted ? 'interrupted' : 'done')
  return found
}

async function testToken(which: string, token: string, deps: InboundRotationDeps): Promise<TokenStatus> {
  const found = await tokenStatus(token, deps)
  printTokenStatus(which, found, deps)
  return found
}

/** Prints a token that is not accepted to the error output. */
function printTokenStatus(which: string, found: TokenStatus, { out, error }: InboundRotationDeps): void {
  const print = isFine(found) ? out : error
  print(`${which} ${formatTokenStatus(found)}.`)
}
