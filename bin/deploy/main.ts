import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { Io } from '../cli/io.ts'
import { profileIn } from './arguments.ts'
import { deploy } from './deploy.ts'
import { lanesOf } from './lanes-of.ts'

const CDK = fileURLToPath(new URL('../../node_modules/aws-cdk/bin/cdk', import.meta.url))

/** `npm run deploy`: runs `cdk deploy`, unless it would change the number of lanes while messages wait. */
export async function main({ argv, env, out, error }: Io): Promise<number> {
  // The SDK must look at the same account and region as the CDK.
  const profile = profileIn(argv)
  if (profile !== undefined) env.AWS_PROFILE = profile
  env.AWS_REGION ??= env.AWS_DEFAULT_REGION
  return deploy(argv, { skip: env.SKIP_LANE_CHECK === '1', lanesOf, out, error, cdkDeploy })
}

const cdkDeploy = (args: readonly string[]) =>
  new Promise<number>((resolve, reject) => {
    const child = spawn(process.execPath, [CDK, 'deploy', ...args], { stdio: 'inherit' })
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
