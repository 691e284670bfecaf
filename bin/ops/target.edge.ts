import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { ReceiverSettings } from '../../functions/receiver/settings.ts'
import type { Bridge } from './bridge.ts'
import type { BridgeTelemetry } from './telemetry.ts'

/** The bridge that a command works on. */
export type Target = {
  /** For the person at the keyboard. */
  name: string
  /** Queues, lanes and connections, as the receiver has them. */
  settings: ReceiverSettings
  /** Where senders send to, without a slash at the end. */
  webhookUrl: string
  secretIds: SecretIds
  /** Where a person finds the secret of this id. */
  placeOfSecret: (id: string) => string
  sqs: SQSClient
  secretsManager: SecretsManagerClient
  bridge: Bridge
  telemetry: BridgeTelemetry
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
