import { resolve } from 'node:path'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { DEFAULT_CONNECTION } from '../../../functions/shared/connection.ts'
import { CLIENT_TIMEOUTS } from '../../../functions/shared/limits.ts'
import { readAnnounced } from '../../local/announce.ts'
import { lockState } from '../../local/lock.ts'
import { LOCAL_REGION } from '../../local/queues.ts'
import type { Found } from '../target.edge.ts'
import { localBridge } from './local-bridge.ts'
import { localTelemetry } from './local-telemetry.ts'

/** Finds the `npm start` that runs on a state folder, by the announcement in that folder. */
export function findLocalRun(folder: string): Found {
  const stateDir = resolve(folder)
  const announced = readAnnounced(stateDir)
  if (!announced || !isRunning(stateDir))
    return {
      problem: `No npm start is running on ${stateDir}. Start it, or name its folder with --state-dir.`,
    }
  const { settings, webhookUrl, sqsEndpoint, secretsEndpoint, inboundSecretIds, control } = announced
  const common = {
    ...CLIENT_TIMEOUTS,
    region: LOCAL_REGION,
    credentials: announced.awsCredentials,
  }
  const sqs = new SQSClient({ ...common, endpoint: sqsEndpoint })
  const secretsManager = new SecretsManagerClient({ ...common, endpoint: secretsEndpoint })
  return {
    name: `the local run on ${stateDir}`,
    settings,
    webhookUrl,
    secretIds: {
      inbound: (connection) =>
        connection === DEFAULT_CONNECTION
          ? inboundSecretIds.INBOUND_SECRET_ID
          : inboundSecretIds.INBOUND_SECRET_PREFIX + connection,
      braze: announced.brazeSecretId,
      logKey: announced.logKeySecretId,
    },
    placeOfSecret: () => 'the memory of this npm start, and --show prints it',
    sqs,
    // The emulator is a single process, so a receive returns every visible message at once.
    waitSeconds: 0,
    secretsManager,
    bridge: localBridge(control, Date.now),
    telemetry: localTelemetry(control, Date.now),
    allowLoopbackBraze: true,
    close: () => {
      sqs.destroy()
      secretsManager.destroy()
    },
  }
}

/**
 * Checks the lock, because it ends with the process. After a kill the announcement file remains, and another
 * process may be using its port.
 */
function isRunning(stateDir: string): boolean {
  const lock = lockState(stateDir)
  if (lock.kind === 'locked') lock.release()
  return lock.kind === 'taken'
}
