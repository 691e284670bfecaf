import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SQSClient } from '@aws-sdk/client-sqs'
import { type Connections, DEFAULT_CONNECTION } from '../../functions/shared/connection.ts'
import { OWNER_ONLY_FILE } from '../cli/owner-only.ts'
import { newAwsCredentials } from './aws-credentials.ts'
import type { ConnectionToken } from './connection-tokens.ts'
import {
  BRAZE_SECRET_ID,
  functionEnv,
  INBOUND_SECRET_ID,
  INBOUND_SECRET_PREFIX,
  LOG_KEY_SECRET_ID,
} from './function-env.ts'
import { randomToken } from './guard.ts'
import { LOCAL_REGION } from './queues.ts'
import { startSecrets } from './secrets.ts'
import type { LocalSettings } from './settings.ts'
import { openState } from './state.ts'

export type Aws = Awaited<ReturnType<typeof openAws>>

/** Opens what the functions use: the queues, Braze, the secrets, and the environment that points to them. */
export async function openAws(
  options: Omit<LocalSettings, 'token'> & {
    connections: Connections
    tokens: readonly ConnectionToken[]
    spacingMs: number
    profilesDelaySeconds: number
    /** The command that was typed to start this. */
    command: string
    /** Receives a function for each part that must be closed. */
    closers: (() => Promise<void> | void)[]
  },
) {
  const { stateDir, connections, tokens, spacingMs, profilesDelaySeconds, command, closers } = options
  const credentials = newAwsCredentials()
  const { braze, simulator, queues } = await openState({ ...options, credentials }, command, closers)
  const sqs = new SQSClient({ region: LOCAL_REGION, endpoint: queues.endpoint, credentials })
  closers.push(() => sqs.destroy())
  const initial = {
    ...inboundSecrets(tokens),
    [LOG_KEY_SECRET_ID]: { key: randomToken() },
    [BRAZE_SECRET_ID]: { apiKey: braze.apiKey, restEndpoint: braze.restEndpoint },
  }
  const secrets = await startSecrets(initial, credentials)
  closers.push(secrets.stop)
  const connectionsFile = join(stateDir, 'connections.json')
  writeFileSync(connectionsFile, JSON.stringify(connections), { mode: OWNER_ONLY_FILE })
  const markerDir = mkdtempSync(join(tmpdir(), 'bridge-markers-'))
  closers.push(() => rmSync(markerDir, { recursive: true, force: true }))
  const env = functionEnv({
    ...{ queues, secretsEndpoint: secrets.endpoint, credentials },
    ...{ connectionsFile, markerDir, spacingMs, profilesDelaySeconds },
  })
  return { braze, simulator, queues, sqs, secrets, credentials, env }
}

const inboundSecrets = (tokens: readonly ConnectionToken[]) =>
  Object.fromEntries(
    tokens.map(({ name, token }) => [
      name === DEFAULT_CONNECTION ? INBOUND_SECRET_ID : INBOUND_SECRET_PREFIX + name,
      { token },
    ]),
  )
