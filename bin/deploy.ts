/** `npm run deploy`: runs `cdk deploy`, unless it would change the number of lanes while messages wait. */

/** The major version that the functions run on in AWS; `npm ci` installs it. */
const NODE_MAJOR = 24

if (Number.parseInt(process.versions.node, 10) < NODE_MAJOR) {
  console.error(
    `This needs Node ${NODE_MAJOR}, and runs on ${process.versions.node}. Start it with npm run deploy after npm ci, which brings its own Node; if npm is set to ignore install scripts, allow them.`,
  )
  process.exit(1)
}

const { spawn } = await import('node:child_process')
const { fileURLToPath } = await import('node:url')
const { deploy } = await import('./deploy/deploy.ts')
const { lanesOf } = await import('./deploy/lanes-of.ts')
const { profileIn } = await import('./deploy/arguments.ts')

const CDK = fileURLToPath(new URL('../node_modules/aws-cdk/bin/cdk', import.meta.url))

const argv = process.argv.slice(2)
// The SDK must look at the same account and region as the CDK.
const profile = profileIn(argv)
if (profile !== undefined) process.env.AWS_PROFILE = profile
process.env.AWS_REGION ??= process.env.AWS_DEFAULT_REGION

process.exit(
  await deploy(argv, {
    skip: process.env.SKIP_LANE_CHECK === '1',
    lanesOf,
    out: (line) => console.log(line),
    error: (line) => console.error(line),
    cdkDeploy: (args) =>
      new Promise((resolve, reject) => {
        // Ctrl-C also reaches the CDK, which ends in its own way. Ignore the signal here and wait for the
        // CDK.
        process.on('SIGINT', () => undefined)
        const child = spawn(process.execPath, [CDK, 'deploy', ...args], { stdio: 'inherit' })
        child.once('error', reject)
        child.once('exit', (code) => resolve(code ?? 1))
      }),
  }),
)
