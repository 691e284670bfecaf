import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { parseJson } from '../../functions/shared/json.ts'

/** One secret, which is read and written as a whole. Both functions reject if Secrets Manager fails. */
export type SecretStore = {
  /** @returns the parsed JSON value; undefined if the secret is not JSON. */
  read: () => Promise<unknown>
  write: (value: object) => Promise<void>
}

export const secretStore = (client: SecretsManagerClient, SecretId: string): SecretStore => ({
  read: async () => {
    const { SecretString } = await client.send(new GetSecretValueCommand({ SecretId }))
    return parseJson(SecretString ?? '')
  },
  write: async (value) => {
    await client.send(new PutSecretValueCommand({ SecretId, SecretString: JSON.stringify(value) }))
  },
})
