import { DEFAULT_STATE_DIR } from '../local/settings.ts'
import { readStage } from '../read-stage.ts'
import { findStack } from './aws/find-stack.ts'
import { FAILED, type Io, OK } from './command.ts'
import { findLocalRun } from './local/find-run.ts'
import type { Found, Target } from './target.edge.ts'
import type { TargetOptions } from './target-options.ts'

/**
 * Runs `act` on a bridge. Prints an error if the bridge cannot be found or AWS does not answer.
 * @param act returns whether everything succeeded.
 */
export async function withTarget(
  targetOptions: TargetOptions,
  { env, out, error }: Io,
  act: (target: Target) => Promise<boolean>,
): Promise<number> {
  const target = await findTarget(targetOptions, env)
  if ('problem' in target) {
    error(target.problem)
    return FAILED
  }
  try {
    out(`Looking at ${target.name}`)
    return (await act(target)) ? OK : FAILED
  } catch (cause) {
    error(`${target.name} does not answer as it should: ${cause instanceof Error ? cause.message : cause}`)
    return FAILED
  } finally {
    target.close()
  }
}

/** @returns the target, or a sentence for the operator that says why there is none. */
export async function findTarget(
  where: TargetOptions,
  env: Record<string, string | undefined>,
): Promise<Found> {
  if (where.kind === 'local') return findLocalRun(where.stateDir ?? (env.STATE_DIR || DEFAULT_STATE_DIR))
  const read = readStage(where.stage)
  return 'problems' in read ? { problem: read.problems.join('\n') } : findStack(read.settings)
}
