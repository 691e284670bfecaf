import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { expect, onTestFinished, test } from 'vitest'
import { startSecrets } from '../../../bin/local/secrets.ts'

const open = async (initial: Record<string, unknown>) => {
  const secrets = await startSecrets(initial)
  onTestFinished(secrets.stop)
  const client = new SecretsManagerClient({
    endpoint: secrets.endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  })
  onTestFinished(() => client.destroy())
  const read = async (SecretId: string) =>
    (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString
  return { secrets, read }
}

test('the SDK reads a secret, and its next value after it was set anew', async () => {
  const { secrets, read } = await open({ 'local/fixture': { token: 'fixture-token-1' } })
  expect(await read('local/fixture')).toBe('{"token":"fixture-token-1"}')
  secrets.put('local/fixture', { token: 'fixture-token-2' })
  expect(await read('local/fixture')).toBe('{"token":"fixture-token-2"}')
})

test('an unknown secret is the error that AWS names', async () => {
  const { read } = await open({})
  await expect(read('local/none')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})
