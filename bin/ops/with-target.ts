import { DEFAULT_STATE_DIR } from '../local/settings.ts'
import { readStage } from '../read-stage.ts'
import { findStack } from './aws/find-stack.ts'
import { FAILED, OK, type Surroundings } from './command.ts'
import { findRun } from './local/find-run.ts'
import type { Found, Target } from './target.edge.ts'
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

/** @returns the target, or why there is none, in a sentence for the person at the keyboard. */
export async function findTarget(where: Where, env: Record<string, string | undefined>): Promise<Found> {
  if (where.kind === 'local') return findRun(where.stateDir ?? (env.STATE_DIR || DEFAULT_STATE_DIR))
  const read = readStage(where.stage)
  return 'problems' in read ? { problem: read.problems.join('\n') } : findStack(read.settings)
}
