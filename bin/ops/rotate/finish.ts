import { CACHE_MS } from '../../../functions/shared/secrets.edge.ts'
import type { LetIn } from './let-in.ts'
import { type InboundDeps, type InboundOptions, letIn, type Tokens, tellLetIn } from './rotation.ts'
import { timeOfDay } from './time-of-day.ts'

const POLL_MS = 15_000

/** After the five minutes: Secrets Manager may have handed out the value before for some seconds more. */
const TRIES = 4

/** A receiver keeps what it has read for five minutes: only then all of them have forgotten the previous token. */
export async function finish(
  secret: Tokens & { previousToken: string },
  options: InboundOptions,
  deps: InboundDeps,
): Promise<boolean> {
  const { previousToken, ...rest } = secret
  if (!tellLetIn('The new token', await letIn(secret.token, options, deps), deps)) {
    deps.complain(`So the previous one stays. See ${deps.check}`)
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
  deps.complain(
    deps.stop.aborted
      ? 'Not waited for; the rotation completes by itself.'
      : `The previous token is not refused yet${found === 'let in' ? '' : ` (${found.notKnown})`}: see ${deps.check}`,
  )
  return false
}

async function waitUntilForgotten(
  previousToken: string,
  until: number,
  options: InboundOptions,
  deps: InboundDeps,
): Promise<LetIn> {
  const progress = deps.startProgress(CACHE_MS / 1_000, 'Waiting, in seconds; Ctrl-C is safe')
  const begun = deps.now()
  while (deps.now() < until && !deps.stop.aborted) {
    await deps.pause(Math.min(POLL_MS, until - deps.now()))
    progress.to(Math.round((deps.now() - begun) / 1_000), '')
  }
  let found: LetIn = deps.stop.aborted ? 'let in' : await letIn(previousToken, options, deps)
  for (let tries = 1; tries < TRIES && found === 'let in' && !deps.stop.aborted; tries++) {
    await deps.pause(POLL_MS)
    found = await letIn(previousToken, options, deps)
  }
  progress.end(deps.stop.aborted ? 'interrupted' : 'done')
  return found
}
