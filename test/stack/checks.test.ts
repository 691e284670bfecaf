import { Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { expect, test } from 'vitest'
import type { Settings } from '../../lib/settings.ts'
import { BridgeStack } from '../../lib/stack.ts'
import { appWithoutBundles, cdkStage, everyOption, settings } from './synthesise.ts'

function checked(stage: string, settings: Settings) {
  const app = appWithoutBundles()
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
  new BridgeStack(app, 'Fixture', { stage, settings })
  return () => app.synth()
}

test.each(['dev', 'prod'])('%s of cdk.json passes CDK’s own rules and both packs of cdk-nag', (stage) => {
  expect(checked(stage, cdkStage(stage))).not.toThrow()
})

test.each([
  ['with a mail for alarms', settings],
  ['with every option', everyOption],
])('a stack %s passes them too', (_, given) => {
  expect(checked('prod', given)).not.toThrow()
})
