import { Duration, type RemovalPolicy } from 'aws-cdk-lib'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import type * as z from 'zod'
import type { ReceiverEnv } from '../functions/shared/env.ts'
import { BundledFunction } from './bundled-function.ts'
import { type DeliveryQueues, queueUrls } from './queue-urls.ts'
import type { Settings } from './settings.ts'

/** An HTTP API gives up on its function after 30 s (API Gateway developer guide, "Quotas"). */
const TIMEOUT = Duration.seconds(29)

export type ReceiverProps = {
  settings: Settings
  queues: DeliveryQueues
  inboundSecret: Secret
  removalPolicy: RemovalPolicy
}

/** The function behind the webhook. May send to the four queues and read the inbound secret. */
export class Receiver extends BundledFunction {
  constructor(scope: Construct, id: string, props: ReceiverProps) {
    const { settings, queues, inboundSecret, removalPolicy } = props
    super(scope, id, {
      folder: 'receiver',
      description: `${settings.stackName}: reads what ActionIQ sends and queues it`,
      timeout: TIMEOUT,
      memoryMb: settings.memoryMb.receiver,
      logRetentionDays: settings.logRetentionDays,
      removalPolicy,
      environment: {
        ...queueUrls(queues),
        INBOUND_SECRET_ID: inboundSecret.secretArn,
        PREFERRED_IDENTIFIER: settings.preferredIdentifier,
        LANES: String(settings.lanes),
        DEFAULT_SPLIT_ID: settings.defaultSplitId,
      } satisfies z.input<typeof ReceiverEnv>,
    })
    for (const { queue, deadLetters } of Object.values(queues)) {
      queue.grant(this.function, 'sqs:SendMessage')
      deadLetters.grant(this.function, 'sqs:SendMessage')
    }
    inboundSecret.grantRead(this.function)
  }
}
