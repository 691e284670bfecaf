import {
  GetSecretValueCommand,
  PutSecretValueCommand,
  type SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager'
import { parseJson } from '../../functions/shared/json.ts'

/** One secret, to be read and written as a whole. Both reject where Secrets Manager does not do it. */
export type SecretStore = {
  /** @returns its JSON value; undefined where it holds no JSON. */
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
