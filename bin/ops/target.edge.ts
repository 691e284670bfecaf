import type { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import type { SQSClient } from '@aws-sdk/client-sqs'
import type { ReceiverSettings } from '../../functions/receiver/settings.ts'
import type { Bridge } from './bridge.ts'
import type { BridgeTelemetry } from './telemetry.ts'

/** The bridge that a command works on. */
export type Target = {
  /** Shown to the operator. */
  name: string
  /** Queues, lanes and connections, as configured for the receiver. */
  settings: ReceiverSettings
  /** The URL that senders use, without a trailing slash. */
  webhookUrl: string
  secretIds: SecretIds
  /** Tells the operator where to find the secret with this id. */
  placeOfSecret: (id: string) => string
  sqs: SQSClient
  /** How many seconds a receive waits for a message before a queue counts as empty. */
  waitSeconds: number
  secretsManager: SecretsManagerClient
  bridge: Bridge
  telemetry: BridgeTelemetry
  /** Allows an http REST endpoint on loopback in the Braze secret, for the simulator. */
  allowLoopbackBraze: boolean
  /** The webhook requires a client certificate, which the commands do not have. */
  mutualTls?: true
  /** The name of the stage, if it keeps its data when the stack is deleted. People are asked before changes. */
  protectedStage?: string
  /** The settings in cdk.json, for comparison with the deployed stack; absent for a local run. */
  declared?: Declared
  /** Closes the connections. */
  close: () => void
}

export type Declared = {
  lanes: number
  /** Names of the settings that were deployed with other values than cdk.json now has. */
  differing: readonly string[]
}

/** Names or ARNs, either of which Secrets Manager accepts. */
export type SecretIds = {
  /** The inbound secret of the connection with this name. */
  inbound: (connection: string) => string
  braze: string
  /** Present if /users/export/ids has a Braze key of its own. */
  brazeExport?: string
  /** The key for hashing persons in logs; absent if the stack was deployed before the key was introduced. */
  logKey?: string
}

export type Found =
  | Target
  /**
   * `isMissing`: nothing has been deployed yet. `isFinal`: with these settings, this region and these
   * credentials, nothing can be asked of AWS.
   */
  | { problem: string; isMissing?: true; isFinal?: true }
