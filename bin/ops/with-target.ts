import { settleAwsEnvironment } from '../cli/aws-environment.ts'
import { FAILED, type Io, OK } from '../cli/io.ts'
import { UsageError } from '../cli/program.ts'
import { readStage, requireStage } from '../read-stage.ts'
import { findStack } from './aws/find-stack.ts'
import { connectionNamed } from './connection-named.ts'
import { errorReason } from './error-message.ts'
import { findLocalRun } from './local/find-run.ts'
import type { Found, Target } from './target.edge.ts'
import { DEFAULT_STATE_DIR, type TargetOptions } from './target-options.ts'

/**
 * Runs `act` on a bridge. Prints an error if the bridge cannot be found or AWS does not answer.
 * @throws UsageError if cdk.json has no such stage.
 * @param heading is printed first, followed by the name of the bridge; `undefined` prints nothing.
 * @param act returns whether everything succeeded, or an exit code.
 */
export async function withTarget(
  targetOptions: TargetOptions,
  { env, out, error }: Io,
  heading: string | undefined,
  act: (target: Target) => Promise<boolean | number>,
): Promise<number> {
  if (targetOptions.kind === 'stack') {
    requireStage(targetOptions.stage)
    settleAwsEnvironment(env, targetOptions.profile)
  }
  const target = await findTarget(targetOptions, env)
  if ('problem' in target) {
    target.problem.split('\n').forEach(error)
    return FAILED
  }
  try {
    if (heading !== undefined) out(`${heading} ${target.name}`)
    const ended = await act(target)
    if (typeof ended === 'number') return ended
    return ended ? OK : FAILED
  } catch (cause) {
    if (cause instanceof UsageError) throw cause
    error(`${target.name} does not answer as it should: ${errorReason(cause)}`)
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
  if ('problems' in read) return { problem: read.problems.join('\n'), isFinal: true }
  const found = await findStack(read.settings)
  return 'problem' in found || !read.settings.keepData ? found : { ...found, protectedStage: where.stage }
}

/** @throws UsageError if the bridge has no connection of this name. */
export function requireConnection(target: Pick<Target, 'settings'>, name: string | undefined): void {
  if (name !== undefined) connectionNamed(target, name)
}
