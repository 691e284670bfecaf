import { judgeLanes } from '../ops/check/lanes.ts'
import { isProblemFinding } from '../ops/finding.ts'
import { DEFAULT_STAGE, targetFlags } from '../ops/target-options.ts'
import type { DeployedLanes } from './lanes-of.ts'

export type DeployDeps = {
  /** Skips the lane check: the operator takes responsibility for the lanes. */
  skip: boolean
  lanesOf: (stage: string) => Promise<DeployedLanes>
  /** @returns the CDK's exit code. */
  cdkDeploy: (argv: readonly string[]) => Promise<number>
  /** Aborted when the operator no longer wants the deployment. */
  stop: AbortSignal
  out: (line: string) => void
  error: (line: string) => void
}

const NOT_DEPLOYED = 1

/**
 * Deploys, unless the number of lanes would change while messages wait, or the check itself fails.
 * @param argv the arguments for `cdk deploy`.
 * @returns the exit code.
 */
export async function deploy(argv: readonly string[], deps: DeployDeps): Promise<number> {
  if (!deps.skip) {
    const reasons = await reasonsAgainst(argv, deps)
    if (reasons.length > 0) {
      for (const line of reasons) deps.error(line)
      return NOT_DEPLOYED
    }
  }
  return deps.cdkDeploy(argv)
}

/** @returns why nothing may be deployed, and what to do; nothing if there is no reason against it. */
async function reasonsAgainst(
  argv: readonly string[],
  { lanesOf, stop, out }: DeployDeps,
): Promise<string[]> {
  const stage = stageIn(argv)
  const lanes = await lanesOf(stage)
  if (stop.aborted) return ['Interrupted: nothing was deployed.']
  if (lanes === 'first deployment') {
    out(`This is the first deployment of the stage ${stage}.`)
    return []
  }
  // The CDK could not deploy either, or would deploy to its default region.
  if ('problem' in lanes)
    return [...lanes.problem.split('\n'), lanes.isFinal ? 'Nothing was deployed.' : lanesUnknown(argv)]
  const finding = judgeLanes(lanes, targetFlags({ kind: 'stack', stage, profile: profileIn(argv) }))
  const sentence = `${finding.about}: ${finding.says}.`
  if (isProblemFinding(finding)) return [sentence, `Next: ${finding.hint}`]
  if (finding.verdict === 'note') out(sentence)
  return []
}

const lanesUnknown = (argv: readonly string[]) =>
  `Nothing was deployed: a changed number of lanes could let a newer change of a person overtake an older one. If "lanes" in cdk.json is the deployed number, or both queues are empty, skip the check: SKIP_LANE_CHECK=1 ${['npm run deploy', ...(argv.length > 0 ? ['--', ...argv] : [])].join(' ')}`

const STAGE = 'stage='

/** The stage that `cdk deploy` deploys with these arguments. */
export const stageIn = (argv: readonly string[]): string =>
  valuesOf(argv, ['-c', '--context'])
    .filter((value) => value.startsWith(STAGE))
    .at(-1)
    ?.slice(STAGE.length) ?? DEFAULT_STAGE

export const profileIn = (argv: readonly string[]): string | undefined => valuesOf(argv, ['--profile']).at(-1)

/**
 * @returns the values of a CDK command-line option, in the forms `-c value`, `-c=value` and `--context
 * value`.
 */
function valuesOf(argv: readonly string[], names: readonly string[]): string[] {
  return argv.flatMap((argument, index) => {
    if (names.includes(argument)) return argv[index + 1] ?? []
    const name = names.find((one) => argument.startsWith(`${one}=`))
    return name === undefined ? [] : argument.slice(name.length + 1)
  })
}
