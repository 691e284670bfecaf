import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { settingsFrom } from '../../functions/receiver/settings.ts'
import { Connections } from '../../functions/shared/connection.ts'
import { ReceiverEnv } from '../../functions/shared/env.ts'
import { OWNER_ONLY_FILE } from '../cli/owner-only.ts'
import { AwsCredentials } from './aws-credentials.ts'
import type { FunctionEnv } from './function-env.ts'

/** Ports and tokens change with every start, so each start writes them to a file in its state folder. */
const fileIn = (stateDir: string) => join(stateDir, 'running.json')

const Addresses = z.object({
  /** The base URL for senders, without a slash at the end. */
  webhookUrl: z.url(),
  control: z.object({ url: z.url(), token: z.string() }),
  awsCredentials: AwsCredentials,
})
type Addresses = z.infer<typeof Addresses>

const Announced = Addresses.extend({
  sqsEndpoint: z.url(),
  secretsEndpoint: z.url(),
  brazeSecretId: z.string(),
  env: ReceiverEnv,
})

/**
 * Writes the addresses, the secrets and the receiver's settings of this start for the operators' commands.
 * @returns a function that deletes the file.
 */
export function announce(stateDir: string, env: FunctionEnv, addresses: Addresses): () => void {
  const receiverEnv = Object.fromEntries(
    Object.keys(ReceiverEnv.shape).flatMap((name) => {
      const value = env[name]
      return value === undefined ? [] : [[name, value]]
    }),
  )
  const file = fileIn(stateDir)
  const announced = {
    ...addresses,
    sqsEndpoint: env.AWS_ENDPOINT_URL_SQS,
    secretsEndpoint: env.AWS_ENDPOINT_URL_SECRETS_MANAGER,
    brazeSecretId: env.BRAZE_SECRET_ID,
    env: receiverEnv,
  }
  // A killed process leaves its file behind. `mode` applies to new files only, so the old one is deleted
  // first.
  rmSync(file, { force: true })
  writeFileSync(file, JSON.stringify(announced), { mode: OWNER_ONLY_FILE })
  return () => rmSync(file, { force: true })
}

/** @returns what the last start on this folder wrote; undefined if that start has stopped cleanly. */
export function readAnnounced(stateDir: string) {
  try {
    const { env, ...announced } = Announced.parse(JSON.parse(readFileSync(fileIn(stateDir), 'utf8')))
    const connections = Connections.parse(JSON.parse(readFileSync(env.CONNECTIONS_FILE, 'utf8')))
    const { INBOUND_SECRET_ID, INBOUND_SECRET_PREFIX, LOG_KEY_SECRET_ID } = env
    const inboundSecretIds = { INBOUND_SECRET_ID, INBOUND_SECRET_PREFIX }
    return {
      ...announced,
      inboundSecretIds,
      logKeySecretId: LOG_KEY_SECRET_ID,
      settings: settingsFrom(env, connections),
    }
  } catch {
    return undefined
  }
}
