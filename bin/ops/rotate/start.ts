import { REREAD_AFTER_MS } from '../../../functions/shared/authenticate.ts'
import { newToken } from './new-token.ts'
import {
  checkToken,
  type InboundRotationDeps,
  type InboundRotationOptions,
  printNewToken,
  printTokenStatus,
  type Tokens,
} from './rotation.ts'
import type { TokenStatus } from './token-status.ts'

/**
 * Starts a rotation. The webhook must accept the current token first, so that a rotation does not start while
 * something is wrong.
 */
export async function startRotation(
  secret: Tokens,
  options: InboundRotationOptions,
  deps: InboundRotationDeps,
): Promise<boolean> {
  if (!printTokenStatus('The token in use', await checkToken(secret.token, options, deps), deps)) {
    deps.error(`So no new one was made. See ${deps.check}`)
    return false
  }
  const both = {
    ...secret,
    token: newToken(deps.connection.authentication, deps.randomBytes),
    previousToken: secret.token,
  }
  await deps.store.write(both)
  deps.out('A new token was made and written. Both are live.')
  const isNewKnown = await waitForNew(both.token, options, deps)
  const isPreviousFine = printTokenStatus(
    'The previous token',
    await checkToken(secret.token, options, deps),
    deps,
  )
  if (!isNewKnown || !isPreviousFine) {
    deps.error(`Don't give the new token to the sender yet: run ${deps.command} until both are let in.`)
    return false
  }
  printNewToken(both, options, deps)
  return true
}

/**
 * A receiver that has just read the secret does not read it again for an unknown token. Secrets Manager may
 * also return the previous value for some seconds.
 */
const SETTLE_MS = REREAD_AFTER_MS + 5_000
const TRIES = 6

async function waitForNew(
  token: string,
  options: InboundRotationOptions,
  deps: InboundRotationDeps,
): Promise<boolean> {
  let found: TokenStatus = { notKnown: 'interrupted' }
  for (let tries = 0; tries < TRIES && !deps.stop.aborted; tries++) {
    await deps.pause(SETTLE_MS)
    found = await checkToken(token, options, deps)
    if (found !== 'refused') break
  }
  return printTokenStatus('The new token', found, deps)
}
