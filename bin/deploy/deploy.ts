import { judgeLanes } from '../ops/check/lanes.ts'
import { isProblemFinding } from '../ops/finding.ts'
import { targetFlags } from '../ops/target-options.ts'
import { asksForHelp, stageIn } from './arguments.ts'
import type { DeployedLanes } from './lanes-of.ts'

export type DeployDeps = {
  /** Skips the lane check: the operator takes responsibility for the lanes. */
  skip: boolean
  lanesOf: (stage: string) => Promise<DeployedLanes>
  /** @returns the CDK's exit code. */
  cdkDeploy: (argv: readonly string[]) => Promise<number>
  out: (line: string) => void
  error: (line: string) => void
}

const REFUSED = 1

/**
 * Deploys, unless the number of lanes would change while messages wait, or the check itself fails.
 * @returns the exit code.
 */
export async function deploy(argv: readonly string[], deps: DeployDeps): Promise<number> {
  if (deps.skip || asksForHelp(argv)) return deps.cdkDeploy(argv)
  const stage = stageIn(argv)
  const lanes = await deps.lanesOf(stage)
  if (lanes === 'first deployment') {
    deps.out(`The first deployment of the stage ${stage}.`)
    return deps.cdkDeploy(argv)
  }
  if ('problem' in lanes) {
    for (const line of [lanes.problem, LANES_UNKNOWN]) deps.error(line)
    return REFUSED
  }
  const finding = judgeLanes(lanes, targetFlags({ kind: 'stack', stage }))
  if (isProblemFinding(finding)) {
    for (const line of [`${finding.about}: ${finding.says}.`, `Next: ${finding.hint}`]) deps.error(line)
    return REFUSED
  }
  if (finding.verdict === 'note') deps.out(`${finding.about}: ${finding.says}.`)
  return deps.cdkDeploy(argv)
}

const LANES_UNKNOWN =
  'So it can not be told whether the number of lanes changes while messages wait, and nothing is deployed. If you know that "lanes" in cdk.json stays as it is deployed, or that both queues are empty: SKIP_LANE_CHECK=1 npm run deploy deploys without asking.'
