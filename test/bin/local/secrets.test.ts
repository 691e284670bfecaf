import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { expect, onTestFinished, test } from 'vitest'
import { newAwsCredentials } from '../../../bin/local/aws-credentials.ts'
import { startSecrets } from '../../../bin/local/secrets.ts'

const open = async (initial: Record<string, unknown>) => {
  const credentials = newAwsCredentials()
  const secrets = await startSecrets(initial, credentials)
  onTestFinished(secrets.stop)
  const client = new SecretsManagerClient({
    endpoint: secrets.endpoint,
    region: 'us-east-1',
    credentials,
  })
  onTestFinished(() => client.destroy())
  const read = async (SecretId: string) =>
    (await client.send(new GetSecretValueCommand({ SecretId }))).SecretString
  const write = (SecretId: string, SecretString: string) =>
    client.send(new PutSecretValueCommand({ SecretId, SecretString }))
  return { secrets, read, write }
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

test('the SDK writes a secret that there is, any text, and no other', async () => {
  const { secrets, read, write } = await open({ 'local/fixture': { token: 'fixture-token-1' } })
  await write('local/fixture', '{"token":"fixture-token-2"}')
  expect(await read('local/fixture')).toBe('{"token":"fixture-token-2"}')
  expect(secrets.get('local/fixture')).toEqual({ token: 'fixture-token-2' })
  await write('local/fixture', 'no JSON')
  expect([await read('local/fixture'), secrets.get('local/fixture')]).toEqual(['no JSON', undefined])
  await expect(write('local/none', '{}')).rejects.toMatchObject({ name: 'ResourceNotFoundException' })
})
