import { App, Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { readSettings } from '../lib/settings.ts'
import { BridgeStack } from '../lib/stack.ts'
import { FAILED, type Io, OK } from './cli/io.ts'
import { printable } from './cli/lines.ts'
import { DEFAULT_STAGE } from './ops/target-options.ts'

/** New files may be read by everybody and written by their owner. */
const READABLE_BY_ALL = 0o022

/**
 * The CDK app: deploys one stage of cdk.json as one stack. `-c stage=prod` chooses the stage; the default is
 * `dev`.
 */
export async function main({ error }: Io): Promise<number> {
  // The files of a function keep their modes in the archive. Lambda starts the function as another user, who
  // could not read files that the umask of a hardened machine keeps private.
  process.umask(READABLE_BY_ALL)
  const app = new App()
  const stage = app.node.tryGetContext('stage') ?? DEFAULT_STAGE
  const read = readSettings(app.node.tryGetContext('bridge'), stage)
  if ('problems' in read) {
    for (const problem of read.problems) error(printable(problem))
    return FAILED
  }
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
  new BridgeStack(app, read.settings.stackName, { stage, settings: read.settings })
  app.synth()
  return OK
}
