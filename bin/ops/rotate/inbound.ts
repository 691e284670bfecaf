import { finishRotation } from './finish.ts'
import {
  checkToken,
  type InboundRotationDeps,
  type InboundRotationOptions,
  printNewToken,
  printTokenStatus,
  Tokens,
} from './rotation.ts'
import { startRotation } from './start.ts'

/**
 * Moves from one token to the next without rejecting any request: both are valid in between. The secret
 * itself records the progress, so that each step can be taken by another operator on another day.
 * @returns whether everything is as it should be after this step.
 */
export async function rotateInbound(
  options: InboundRotationOptions,
  deps: InboundRotationDeps,
): Promise<boolean> {
  const { data } = Tokens.safeParse(await deps.store.read())
  if (!data) {
    deps.error(`The inbound secret is not as it must be, and nothing was written: see ${deps.check}`)
    return false
  }
  const { previousToken } = data
  if (options.step === 'start' && previousToken === undefined) return startRotation(data, options, deps)
  if (options.step === 'finish' && previousToken !== undefined)
    return finishRotation({ ...data, previousToken }, options, deps)
  if (options.step === 'start') deps.out('A rotation is under way already: no token was made.')
  if (options.step === 'finish') deps.out('There is no previous token to take out.')
  return showProgress(data, options, deps)
}

/** Prints the progress of a rotation and the next step. */
async function showProgress(
  secret: Tokens,
  options: InboundRotationOptions,
  deps: InboundRotationDeps,
): Promise<boolean> {
  const { token, previousToken } = secret
  if (previousToken === undefined) {
    const isFine = printTokenStatus('The token', await checkToken(token, options, deps), deps)
    deps.out(`No rotation is under way. It begins with ${deps.command} --start`)
    return isFine
  }
  const isNewFine = printTokenStatus('The new token', await checkToken(token, options, deps), deps)
  const isPreviousFine = printTokenStatus(
    'The previous token',
    await checkToken(previousToken, options, deps),
    deps,
  )
  printNewToken(secret, options, deps)
  return isNewFine && isPreviousFine
}
