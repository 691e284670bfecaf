import { CACHE_MS } from '../../../functions/shared/secrets.edge.ts'
import {
  checkToken,
  type InboundRotationDeps,
  type InboundRotationOptions,
  printTokenStatus,
  type Tokens,
} from './rotation.ts'
import { timeOfDay } from './time-of-day.ts'
import type { TokenStatus } from './token-status.ts'

const POLL_MS = 15_000

/**
 * Tries after the five minutes, because Secrets Manager may return the previous value for some seconds more.
 */
const TRIES = 4

/**
 * Ends a rotation. A receiver caches the secret for five minutes, so only then have all of them forgotten the
 * previous token.
 */
export async function finishRotation(
  secret: Tokens & { previousToken: string },
  options: InboundRotationOptions,
  deps: InboundRotationDeps,
): Promise<boolean> {
  const { previousToken, ...rest } = secret
  if (!printTokenStatus('The new token', await checkToken(secret.token, options, deps), deps)) {
    deps.error(`So the previous one stays. See ${deps.check}`)
    return false
  }
  await deps.store.write(rest)
  const until = deps.now() + CACHE_MS
  deps.out(
    `The previous token is out of the secret. The last receiver forgets it by ${timeOfDay(until)}; who still uses it then gets 401.`,
  )
  const found = await waitUntilForgotten(previousToken, until, options, deps)
  if (found === 'refused' || found === 'not tried') {
    deps.out(
      `The previous token is ${found === 'refused' ? 'refused' : 'forgotten'}. The rotation is complete.`,
    )
    return true
  }
  deps.error(
    deps.stop.aborted
      ? 'Not waited for; the rotation completes by itself.'
      : `The previous token is not refused yet${found === 'let in' ? '' : ` (${found.notKnown})`}: see ${deps.check}`,
  )
  return false
}

async function waitUntilForgotten(
  previousToken: string,
  until: number,
  options: InboundRotationOptions,
  deps: InboundRotationDeps,
): Promise<TokenStatus> {
  const progress = deps.startProgress(CACHE_MS / 1_000, 'Waiting, in seconds; Ctrl-C is safe')
  const startedAt = deps.now()
  while (deps.now() < until && !deps.stop.aborted) {
    await deps.pause(Math.min(POLL_MS, until - deps.now()))
    progress.to(Math.round((deps.now() - startedAt) / 1_000), '')
  }
  let found: TokenStatus = deps.stop.aborted ? 'let in' : await checkToken(previousToken, options, deps)
  for (let tries = 1; tries < TRIES && found === 'let in' && !deps.stop.aborted; tries++) {
    await deps.pause(POLL_MS)
    found = await checkToken(previousToken, options, deps)
  }
  progress.end(deps.stop.aborted ? 'interrupted' : 'done')
  return found
}
