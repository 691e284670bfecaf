import { expect, test } from 'vitest'
import { propertiesOf, synthesise } from './synthesise.ts'

const template = synthesise()
const secrets = propertiesOf(template, 'AWS::SecretsManager::Secret')

test.each([
  ['the inbound token', 'SecretsInboundB82A19A2', 'token'],
  ['the key that people are hashed with in the log', 'SecretsLogKeyAFF78FFA', 'key'],
])('AWS generates %s, as the JSON that the functions read', (_, id, GenerateStringKey) => {
  expect(secrets[id]).toEqual({
    Description: expect.stringContaining('Fixture-bridge'),
    GenerateSecretString: {
      SecretStringTemplate: '{}',
      GenerateStringKey,
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
