import { Duration } from 'aws-cdk-lib'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { Construct } from 'constructs'
import type * as z from 'zod'
import type { WorkerEnv } from '../functions/shared/env.ts'
import { WORKER_TIMEOUT_SECONDS } from '../functions/shared/limits.ts'
import type { QueueName } from '../functions/shared/record.ts'
import { BundledFunction } from './bundled-function.ts'
import type { Kept } from './kept.ts'
import { type DeliveryQueues, queueUrls } from './queue-urls.ts'
import { requestSpacingMs, type Settings } from './settings.ts'

export const WORKER_TIMEOUT = Duration.seconds(WORKER_TIMEOUT_SECONDS)

export type WorkerProps = {
  settings: Settings
  queues: DeliveryQueues
  brazeSecret: Secret
  logKey: Secret
  kept: Kept
}

/** The function that feeds Braze. May consume both queues, send to their dead letters and read the Braze secret and the log key. */
export class Worker extends BundledFunction {
  /** UUIDs of what feeds it from each queue. */
  readonly eventSources: Readonly<Record<QueueName, string>>

  constructor(scope: Construct, id: string, props: WorkerProps) {
    const { settings, queues, brazeSecret, logKey, kept } = props
    const { profiles, events } = settings.queues
    super(scope, id, {
      folder: 'worker',
      description: `${settings.stackName}: delivers what is queued to Braze`,
      timeout: WORKER_TIMEOUT,
      memoryMb: settings.memoryMb.worker,
      settings,
      kept,
      environment: {
        STACK_NAME: settings.stackName,
        LOG_KEY_SECRET_ID: logKey.secretArn,
        ...queueUrls(queues),
        BRAZE_SECRET_ID: brazeSecret.secretArn,
        PROFILES_REQUEST_SPACING_MS: String(requestSpacingMs(profiles)),
        EVENTS_REQUEST_SPACING_MS: String(requestSpacingMs(events)),
      } satisfies z.input<typeof WorkerEnv>,
    })
    this.eventSources = {
      profiles: queues.profiles.deliverTo(this.function, profiles.concurrency),
      events: queues.events.deliverTo(this.function, events.concurrency),
    }
    queues.profiles.deadLetters.grant(this.function, 'sqs:SendMessage')
    queues.events.deadLetters.grant(this.function, 'sqs:SendMessage')
    for (const secret of [brazeSecret, logKey]) secret.grantRead(this.function)
    // To read messages and secrets, and to park (SQS developer guide, "Key management").
    kept.encryptionKey?.grant(this.function, 'kms:Decrypt', 'kms:GenerateDataKey')
  }
}
