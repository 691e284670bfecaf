import { resolve } from 'node:path'
import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { Settings } from '../../functions/receiver/settings.ts'
import { DEFAULT_STATE_DIR } from '../local/settings.ts'
import { readStage } from '../read-stage.ts'
import { findStack } from './aws/find-stack.ts'
import type { Bridge } from './bridge.ts'
import { findRun } from './local/find-run.ts'
import type { Telemetry } from './telemetry.ts'
import type { Where } from './where.ts'

/** The bridge that a command works on. */
export type Target = {
  /** For the person at the keyboard. */
  name: string
  /** Queues, lanes and connections, as the receiver has them. */
  settings: Settings
  /** Where senders send to, without a slash at the end. */
  webhookUrl: string
  secretIds: SecretIds
  /** Where a person finds the secret of this id. */
  placeOfSecret: (id: string) => string
  sqs: SQSClient
  secretsManager: SecretsManagerClient
  bridge: Bridge
  telemetry: Telemetry
  /** The REST endpoint in the Braze secret may be http on loopback: a simulator. */
  allowLoopbackBraze: boolean
  /** The webhook asks for a client certificate, which the commands have not. */
  mutualTls?: true
  /** What cdk.json says, to compare a deployed stack with; absent for a local run. */
  declared?: Declared
  /** Ends the connections. */
  close: () => void
}

export type Declared = {
  lanes: number
  /** Names of the settings that the stack was deployed with other values of. */
  differing: readonly string[]
}

/** Names or ARNs, by which Secrets Manager knows them. */
export type SecretIds = {
  /** Of the connection of this name. */
  inbound: (connection: string) => string
  braze: string
  /** Of the key that persons are hashed with in logs; absent in a stack that was deployed before there was one. */
  logKey?: string
}

export type Found =
  | Target
  /** `isMissing`: nothing was deployed yet. */
  | { problem: string; isMissing?: true }

/** @returns the target, or why there is none, in a sentence for the person at the keyboard. */
export async function findTarget(where: Where, env: Record<string, string | undefined>): Promise<Found> {
  if (where.kind === 'local') return findRun(resolve(where.stateDir ?? (env.STATE_DIR || DEFAULT_STATE_DIR)))
  const read = readStage(where.stage)
  return 'problems' in read ? { problem: read.problems.join('\n') } : findStack(read.settings)
}
