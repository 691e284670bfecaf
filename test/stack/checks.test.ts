import { Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { expect, test } from 'vitest'
import { BridgeStack } from '../../lib/stack.ts'
import { appWithoutBundles, settings } from './synthesise.ts'

test('a stack with every option passes CDK’s own rules and both packs of cdk-nag', () => {
  const app = appWithoutBundles()
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
  new BridgeStack(app, 'Fixture', { stage: 'prod', settings })
  expect(() => app.synth()).not.toThrow()
})
