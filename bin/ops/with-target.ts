import { FAILED, OK, type Surroundings } from './command.ts'
import { findTarget, type Target } from './target.ts'
import type { Where } from './where.ts'

/**
 * Does something with a bridge, and tells where it can't be found or AWS does not answer.
 * @param act returns whether all went as asked.
 */
export async function withTarget(
  where: Where,
  { env, out, complain }: Surroundings,
  act: (target: Target) => Promise<boolean>,
): Promise<number> {
  const target = await findTarget(where, env)
  if ('problem' in target) {
    complain(target.problem)
    return FAILED
  }
  try {
    out(`Looking at ${target.name}`)
    return (await act(target)) ? OK : FAILED
  } catch (error) {
    complain(`${target.name} does not answer as it should: ${error instanceof Error ? error.message : error}`)
    return FAILED
  } finally {
    target.close()
  }
}
