import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { cdkProfileArguments, settleAwsEnvironment } from '../cli/aws-environment.ts'
import type { Io } from '../cli/io.ts'
import { type Cli, command, runProgram } from '../cli/program.ts'
import { version } from '../cli/version.ts'
import { DEFAULT_STAGE } from '../ops/target-options.ts'
import { deploy, profileIn, stageIn } from './deploy.ts'

/** `npm run deploy`: runs `cdk deploy`, unless it would change the number of lanes while messages wait. */
export const main = (io: Io): Promise<number> => runProgram(io, declareDeploy)

/** The values are not taken from here: the CDK gets the arguments as they are, and parses them itself. */
const declareDeploy = (cli: Cli) =>
  command('npm run deploy --', cli, {
    notes: [
      `Lane check: the lane of a user depends on the number of lanes. If "lanes" in cdk.json differs from the deployed number while messages wait, a newer change of a user could overtake an older one, so nothing is deployed. The check reads the outputs of the stack and the length of its queues. If AWS does not answer, nothing is deployed either. SKIP_LANE_CHECK=1 in the environment skips the check.`,
      'All arguments and options go to cdk deploy. npx cdk deploy --help lists them.',
      'The account and the region are those of --profile, or of AWS_PROFILE, AWS_REGION and AWS_DEFAULT_REGION in the environment. The CDK gets the environment unchanged otherwise.',
      'Ctrl-C ends the CDK. A deployment that has begun continues in CloudFormation.',
    ],
    examples: [
      ['npm run deploy', `deploys the stage ${DEFAULT_STAGE} of cdk.json`],
      ['npm run deploy -- -c stage=prod', 'deploys the stage prod'],
      ['npm run deploy -- -c stage=prod --require-approval never', 'the same in a pipeline'],
      ['SKIP_LANE_CHECK=1 npm run deploy', 'deploys without the lane check'],
    ],
    exitCodes: {
      0: 'the stage is deployed',
      1: 'the lane check refused the deployment, or the CDK failed',
      130: 'Ctrl-C ended the CDK',
    },
  })
    .description('Deploys one stage of cdk.json with cdk deploy, after a check of the number of lanes.')
    .usage('[options of cdk deploy]')
    .version(version(), '--version', 'show the version')
    .option('-c, --context <stage=name>', `which stage of cdk.json (default: stage=${DEFAULT_STAGE})`)
    .option('--profile <name>', 'the AWS profile, for the CDK and for the lane check')
    .allowUnknownOption()
    .allowExcessArguments()
    .action(
      cli.exitsWith(async () => {
        const { argv, env, stop, out, error } = cli
        const { requireStage } = await import('../read-stage.ts')
        const { lanesOf } = await import('./lanes-of.ts')
        requireStage(stageIn(argv))
        // The lane check must look at the same account and region as the CDK.
        const profile = profileIn(argv)
        settleAwsEnvironment(env, profile)
        const more = profile === undefined ? cdkProfileArguments(env) : []
        const cdkDeploy = (args: readonly string[]) => runsCdk(CDK, env)([...args, ...more])
        const skip = env.SKIP_LANE_CHECK === '1'
        return deploy(argv, { skip, lanesOf, stop, out, error, cdkDeploy })
      }),
    )

const CDK = fileURLToPath(new URL('../../node_modules/aws-cdk/bin/cdk', import.meta.url))

/** A shell reports a process that a signal ended with this plus the signal's number. */
const ENDED_BY_SIGNAL = 128

/**
 * @param cdk the script to run.
 * @param env its environment.
 * @returns a function that runs `cdk deploy` and waits until it ends, also after Ctrl-C: the terminal sends
 * it to the CDK too, which ends in its own way.
 */
export const runsCdk = (cdk: string, env: Io['env']) => (args: readonly string[]) =>
  new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, [cdk, 'deploy', ...args], { stdio: 'inherit', env })
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      resolve(code ?? ENDED_BY_SIGNAL + (signal === null ? 0 : constants.signals[signal])),
    )
  })
