import { Validations } from 'aws-cdk-lib'
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag'
import { expect, test } from 'vitest'
import type { Settings } from '../../lib/settings.ts'
import { BridgeStack } from '../../lib/stack.ts'
import { LONG } from '../long.ts'
import { appWithoutBundles, cdkStage, everyOption, settings } from './synthesise.ts'

function checked(stage: string, settings: Settings) {
  const app = appWithoutBundles()
  Validations.of(app).addPlugins(new AwsSolutionsChecks(app), new ServerlessChecks(app))
  new BridgeStack(app, 'Fixture', { stage, settings })
  return () => app.synth()
}

/** Each pack of rules takes a second, and a busy machine may need many times that. */
const WITHIN_MS = 300_000

test.each(LONG ? ['dev', 'prod'] : ['prod'])(
  '%s of cdk.json passes CDK’s own rules and both packs of cdk-nag',
  { timeout: WITHIN_MS },
  (stage) => {
    expect(checked(stage, cdkStage(stage))).not.toThrow()
  },
)

test.each([
  ...(LONG ? [['with a mail for alarms', settings] as const] : []),
  ['with every option', everyOption] as const,
])('a stack %s passes them too', { timeout: WITHIN_MS }, (_, given) => {
  expect(checked('prod', given)).not.toThrow()
})
