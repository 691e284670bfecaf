import { expect, test } from 'vitest'
import { propertiesOf, synthesise } from './synthesise.ts'

const template = synthesise()
const secrets = propertiesOf(template, 'AWS::SecretsManager::Secret')

test('AWS generates the inbound token, as the JSON that the receiver reads', () => {
  expect(secrets.SecretsInboundB82A19A2).toEqual({
    Description: expect.stringContaining('Fixture-bridge'),
    GenerateSecretString: {
      SecretStringTemplate: '{}',
      GenerateStringKey: 'token',
      PasswordLength: 48,
      ExcludePunctuation: true,
    },
  })
})

test('AWS generates the key that people are hashed with in the log', () => {
  expect(secrets.SecretsLogKeyAFF78FFA).toEqual({
    Description: 'Fixture-bridge: what people are hashed with in the log',
    GenerateSecretString: {
      SecretStringTemplate: '{}',
      GenerateStringKey: 'key',
      PasswordLength: 48,
      ExcludePunctuation: true,
    },
  })
})

test('the Braze secret starts with a placeholder in the form it must have', () => {
  expect(JSON.parse(secrets.SecretsBrazeDD68D7EB.SecretString)).toEqual({
    apiKey: 'put-the-braze-rest-api-key-here',
    restEndpoint: 'https://rest.iad-01.braze.com',
  })
})

test('the outputs name both secrets and tell no value', () => {
  expect(JSON.stringify(template.findOutputs('Step2InboundSecret'))).toContain('SecretsInboundB82A19A2')
  expect(JSON.stringify(template.findOutputs('Step3BrazeSecret'))).toContain('SecretsBrazeDD68D7EB')
  expect(JSON.stringify(template.toJSON())).not.toContain('{{resolve:')
})

const stateful = [
  ['AWS::SecretsManager::Secret', 4],
  ['AWS::SQS::Queue', 4],
  ['AWS::Logs::LogGroup', 4],
] as const

test.each(stateful)('%s outlives a stack that keeps its data, once made', (type, count) => {
  const kept = template.findResources(type, {
    DeletionPolicy: 'RetainExceptOnCreate',
    UpdateReplacePolicy: 'Retain',
  })
  expect(Object.keys(kept)).toHaveLength(count)
})

test('a stack that keeps no data leaves nothing behind', () => {
  const resources = Object.values<{ DeletionPolicy?: string }>(
    synthesise({ keepData: false }).toJSON().Resources,
  )
  expect(resources.filter(({ DeletionPolicy }) => DeletionPolicy?.startsWith('Retain'))).toEqual([])
})
