import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { readSettings } from '../lib/settings.ts'
import { BridgeStack } from '../lib/stack.ts'
import { DEFAULT_STAGE } from './ops/target-options.ts'

/**
 * The CDK app: deploys one stage of cdk.json as one stack. `-c stage=prod` chooses the stage; the default is
 * `dev`.
 */

/** The Node version of the functions. Node also runs this TypeScript file without a compiler. */
const LEAST_NODE = 24

const [major] = process.versions.node.split('.')
if (Number(major) < LEAST_NODE) {
  stop([
    `Node ${LEAST_NODE} is needed and this is ${process.version}. npx and npm run bring it: npx cdk synth`,
  ])
}

const app = new App()
const stage = app.node.tryGetContext('stage') ?? DEFAULT_STAGE
const read = readSettings(app.node.tryGetContext('bridge'), stage)
if ('problems' in read) stop(read.problems)

Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
new BridgeStack(app, read.settings.stackName, { stage, settings: read.settings })

function stop(problems: readonly string[]): never {
  for (const problem of problems) console.error(problem)
  process.exit(1)
}
