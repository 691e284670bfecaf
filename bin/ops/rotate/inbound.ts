import { finish } from './finish.ts'
import { type InboundDeps, type InboundOptions, letIn, Tokens, tellLetIn, tellNew } from './rotation.ts'
import { start } from './start.ts'

/**
 * Leads from one token to the next without a refused request: two are live in between. The secret itself tells how far
 * it has come, so that each step can be taken by another person, on another day.
 * @returns whether all is as it should be after this step.
 */
export async function rotateInbound(options: InboundOptions, deps: InboundDeps): Promise<boolean> {
  const { data } = Tokens.safeParse(await deps.store.read())
  if (!data) {
    deps.complain(`The inbound secret is not as it must be, and nothing was written: see ${deps.check}`)
    return false
  }
  const { previousToken } = data
  if (options.step === 'start' && previousToken === undefined) return start(data, options, deps)
  if (options.step === 'finish' && previousToken !== undefined)
    return finish({ ...data, previousToken }, options, deps)
  if (options.step === 'start') deps.out('A rotation is under way already: no token was made.')
  if (options.step === 'finish') deps.out('There is no previous token to take out.')
  return look(data, options, deps)
}

/** Tells how far a rotation has come, and what comes next. */
async function look(secret: Tokens, options: InboundOptions, deps: InboundDeps): Promise<boolean> {
  const { token, previousToken } = secret
  if (previousToken === undefined) {
    const isFine = tellLetIn('The token', await letIn(token, options, deps), deps)
    deps.out(`No rotation is under way. It begins with ${deps.command} --start`)
    return isFine
  }
  const isNewFine = tellLetIn('The new token', await letIn(token, options, deps), deps)
  const isPreviousFine = tellLetIn('The previous token', await letIn(previousToken, options, deps), deps)
  tellNew(secret, options, deps)
  return isNewFine && isPreviousFine
}
