import { Duration } from 'aws-cdk-lib'
import type { Construct } from 'constructs'
import type * as z from 'zod'
import type { ExporterEnv } from '../functions/shared/env.ts'
import { BundledFunction } from './bundled-function.ts'
import type { ConnectionsFile } from './connections-file.ts'
import type { Kept } from './kept.ts'
import { inboundSecretPrefix, type Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'

/** An HTTP API gives up on its function after 30 s (API Gateway developer guide, "Quotas"). */
const TIMEOUT = Duration.seconds(29)

export type ExporterProps = {
  settings: Settings
  secrets: Secrets
  connectionsFile: ConnectionsFile
  kept: Kept
}

/** The function that passes /users/export/ids on to Braze. May read the secrets, and nothing else. */
export class Exporter extends BundledFunction {
  constructor(scope: Construct, id: string, props: ExporterProps) {
    const { settings, secrets, connectionsFile, kept } = props
    super(scope, id, {
      folder: 'exporter',
      description: `${settings.stackName}: passes requests for profiles on to Braze`,
      timeout: TIMEOUT,
      memoryMb: settings.memoryMb.exporter,
      settings,
      kept,
      environment: {
        STACK_NAME: settings.stackName,
        CONNECTIONS_FILE: connectionsFile.path,
        INBOUND_SECRET_ID: secrets.inbound.secretArn,
        INBOUND_SECRET_PREFIX: inboundSecretPrefix(settings.stackName),
        BRAZE_SECRET_ID: secrets.braze.secretArn,
      } satisfies z.input<typeof ExporterEnv>,
    })
    for (const secret of secrets.inboundOf.values()) secret.grantRead(this.function)
    secrets.braze.grantRead(this.function)
    kept.encryptionKey?.grant(this.function, 'kms:Decrypt')
    this.function.addLayers(connectionsFile)
  }
}
