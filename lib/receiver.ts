import { Duration } from 'aws-cdk-lib'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type * as z from 'zod'
import type { ReceiverEnv } from '../functions/shared/env.ts'
import { BundledFunction } from './bundled-function.ts'
import type { ConnectionsFile } from './connections-file.ts'
import type { Kept } from './kept.ts'
import { type DeliveryQueues, queueUrls } from './queue-urls.ts'
import { inboundSecretPrefix, type Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'

/** An HTTP API gives up on its function after 30 s (API Gateway developer guide, "Quotas"). */
const TIMEOUT = Duration.seconds(29)

export type ReceiverProps = {
  settings: Settings
  queues: DeliveryQueues
  captures: IQueue
  secrets: Secrets
  connectionsFile: ConnectionsFile
  kept: Kept
}

/** The function behind the webhook. May send to the five queues and read the inbound secrets and the log key. */
export class Receiver extends BundledFunction {
  constructor(scope: Construct, id: string, props: ReceiverProps) {
    const { settings, queues, captures, secrets, connectionsFile, kept } = props
    super(scope, id, {
      folder: 'receiver',
      description: `${settings.stackName}: reads what ActionIQ sends and queues it`,
      timeout: TIMEOUT,
      memoryMb: settings.memoryMb.receiver,
      settings,
      kept,
      environment: {
        STACK_NAME: settings.stackName,
        LOG_KEY_SECRET_ID: secrets.logKey.secretArn,
        ...queueUrls(queues),
        CAPTURES_QUEUE_URL: captures.queueUrl,
        CONNECTIONS_FILE: connectionsFile.path,
        INBOUND_SECRET_ID: secrets.inbound.secretArn,
        INBOUND_SECRET_PREFIX: inboundSecretPrefix(settings.stackName),
        LANES: String(settings.lanes),
      } satisfies z.input<typeof ReceiverEnv>,
    })
    for (const { queue, deadLetters } of Object.values(queues)) {
      queue.grant(this.function, 'sqs:SendMessage')
      deadLetters.grant(this.function, 'sqs:SendMessage')
    }
    captures.grant(this.function, 'sqs:SendMessage')
    for (const secret of secrets.inboundOf.values()) secret.grantRead(this.function)
    secrets.logKey.grantRead(this.function)
    // To send, SQS asks for both (SQS developer guide, "Key management").
    kept.encryptionKey?.grant(this.function, 'kms:Decrypt', 'kms:GenerateDataKey')
    this.function.addLayers(connectionsFile)
  }
}
