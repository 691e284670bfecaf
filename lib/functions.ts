import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Duration } from 'aws-cdk-lib'
import { Code, LayerVersion, Runtime } from 'aws-cdk-lib/aws-lambda'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type * as z from 'zod'
import type { Connections } from '../functions/shared/connection.ts'
import type { ExporterEnv, ReceiverEnv, WorkerEnv } from '../functions/shared/env.ts'
import { HTTP_TIMEOUT_SECONDS, WORKER_TIMEOUT_SECONDS } from '../functions/shared/limits.ts'
import type { QueueName } from '../functions/shared/record.ts'
import { BundledFunction } from './bundled-function.ts'
import { type DeliveryQueues, queueUrls } from './queues.ts'
import type { DataRetention } from './retention.ts'
import { inboundSecretPrefix, type Secrets } from './secrets.ts'
import { requestSpacingMs, type Settings } from './settings.ts'

const FILE = 'connections.json'

/** Where Lambda puts a layer's files (AWS Lambda developer guide, "Layer paths"). */
const LAYER_FOLDER = '/opt'

/**
 * Puts the connections' settings into a file beside the functions. A function's environment is limited to 4
 * KB, which a dozen connections fill. The file holds no secrets.
 */
export class ConnectionsFile extends LayerVersion {
  /** Where a function that has this layer finds the file. */
  readonly path = `${LAYER_FOLDER}/${FILE}`

  constructor(scope: Construct, id: string, connections: Connections) {
    const folder = mkdtempSync(join(tmpdir(), 'bridge-connections-'))
    writeFileSync(join(folder, FILE), JSON.stringify(connections))
    super(scope, id, {
      // The folder is copied into the cloud assembly immediately, so it can be removed below.
      code: Code.fromAsset(folder),
      description: 'How each connection authenticates and reads its rows',
      compatibleRuntimes: [Runtime.NODEJS_24_X],
    })
    rmSync(folder, { recursive: true })
  }
}

const HTTP_TIMEOUT = Duration.seconds(HTTP_TIMEOUT_SECONDS)

export type ReceiverProps = {
  settings: Settings
  queues: DeliveryQueues
  captures: IQueue
  secrets: Secrets
  connectionsFile: ConnectionsFile
  dataRetention: DataRetention
}

/**
 * The function behind the webhook. It may send to the five queues and read the inbound secrets and the log
 * key.
 */
export class Receiver extends BundledFunction {
  constructor(scope: Construct, id: string, props: ReceiverProps) {
    const { settings, queues, captures, secrets, connectionsFile, dataRetention } = props
    super(scope, id, {
      folder: 'receiver',
      description: `${settings.stackName}: reads what ActionIQ sends and queues it`,
      timeout: HTTP_TIMEOUT,
      memoryMb: settings.memoryMb.receiver,
      settings,
      dataRetention,
      environment: {
        STACK_NAME: settings.stackName,
        LOG_KEY_SECRET_ID: secrets.logKey.secretArn,
        ...queueUrls(queues),
        CAPTURES_QUEUE_URL: captures.queueUrl,
        CONNECTIONS_FILE: connectionsFile.path,
        INBOUND_SECRET_ID: secrets.inbound.secretArn,
        INBOUND_SECRET_PREFIX: inboundSecretPrefix(settings.stackName),
        LANES: String(settings.lanes),
        OBJECTS_PER_REQUEST: String(settings.objectsPerRequest),
      } satisfies z.input<typeof ReceiverEnv>,
    })
    for (const { queue, deadLetters } of Object.values(queues)) {
      queue.grant(this.function, 'sqs:SendMessage')
      deadLetters.grant(this.function, 'sqs:SendMessage')
    }
    captures.grant(this.function, 'sqs:SendMessage')
    for (const secret of secrets.inboundByConnection.values()) secret.grantRead(this.function)
    secrets.logKey.grantRead(this.function)
    // Sending to an encrypted queue requires both permissions (SQS developer guide, "Key management").
    dataRetention.encryptionKey?.grant(this.function, 'kms:Decrypt', 'kms:GenerateDataKey')
    this.function.addLayers(connectionsFile)
  }
}

export const WORKER_TIMEOUT = Duration.seconds(WORKER_TIMEOUT_SECONDS)

export type WorkerProps = {
  settings: Settings
  queues: DeliveryQueues
  brazeSecret: Secret
  logKey: Secret
  dataRetention: DataRetention
}

/**
 * The function that feeds Braze. It may consume both queues, send to their dead-letter queues, and read the
 * Braze secret and the log key.
 */
export class Worker extends BundledFunction {
  /** UUIDs of the event source mappings that feed it, by queue. */
  readonly eventSources: Readonly<Record<QueueName, string>>

  constructor(scope: Construct, id: string, props: WorkerProps) {
    const { settings, queues, brazeSecret, logKey, dataRetention } = props
    const { profiles, events } = settings.queues
    super(scope, id, {
      folder: 'worker',
      description: `${settings.stackName}: delivers what is queued to Braze`,
      timeout: WORKER_TIMEOUT,
      memoryMb: settings.memoryMb.worker,
      settings,
      dataRetention,
      environment: {
        STACK_NAME: settings.stackName,
        LOG_KEY_SECRET_ID: logKey.secretArn,
        ...queueUrls(queues),
        BRAZE_SECRET_ID: brazeSecret.secretArn,
        OBJECTS_PER_REQUEST: String(settings.objectsPerRequest),
        PROFILES_BATCH_SIZE: String(profiles.batchSize),
        EVENTS_BATCH_SIZE: String(events.batchSize),
        PROFILES_REQUEST_SPACING_MS: String(requestSpacingMs(profiles)),
        EVENTS_REQUEST_SPACING_MS: String(requestSpacingMs(events)),
        PROFILES_DELAY_MS: String(1_000 * profiles.deliveryDelaySeconds),
      } satisfies z.input<typeof WorkerEnv>,
    })
    this.eventSources = {
      profiles: queues.profiles.deliverTo(this.function, profiles),
      events: queues.events.deliverTo(this.function, events),
    }
    queues.profiles.deadLetters.grant(this.function, 'sqs:SendMessage')
    queues.events.deadLetters.grant(this.function, 'sqs:SendMessage')
    for (const secret of [brazeSecret, logKey]) secret.grantRead(this.function)
    // It needs these to read messages and secrets, and to park (SQS developer guide, "Key management").
    dataRetention.encryptionKey?.grant(this.function, 'kms:Decrypt', 'kms:GenerateDataKey')
  }
}

export type ExporterProps = {
  settings: Settings
  secrets: Secrets
  connectionsFile: ConnectionsFile
  dataRetention: DataRetention
}

/**
 * The function that passes /users/export/ids on to Braze. It may read the inbound secrets, the key that it
 * asks Braze with and the log key, and nothing else.
 */
export class Exporter extends BundledFunction {
  constructor(scope: Construct, id: string, props: ExporterProps) {
    const { settings, secrets, connectionsFile, dataRetention } = props
    super(scope, id, {
      folder: 'exporter',
      description: `${settings.stackName}: passes requests for profiles on to Braze`,
      timeout: HTTP_TIMEOUT,
      memoryMb: settings.memoryMb.exporter,
      settings,
      dataRetention,
      environment: {
        STACK_NAME: settings.stackName,
        LOG_KEY_SECRET_ID: secrets.logKey.secretArn,
        CONNECTIONS_FILE: connectionsFile.path,
        INBOUND_SECRET_ID: secrets.inbound.secretArn,
        INBOUND_SECRET_PREFIX: inboundSecretPrefix(settings.stackName),
        BRAZE_SECRET_ID: secrets.brazeExport.secretArn,
      } satisfies z.input<typeof ExporterEnv>,
    })
    for (const secret of secrets.inboundByConnection.values()) secret.grantRead(this.function)
    for (const secret of [secrets.brazeExport, secrets.logKey]) secret.grantRead(this.function)
    dataRetention.encryptionKey?.grant(this.function, 'kms:Decrypt')
    this.function.addLayers(connectionsFile)
  }
}

/** The functions of a stack by name. */
export type Functions = {
  receiver: Receiver
  worker: Worker
  /** Absent if no connection may read profiles. */
  exporter?: Exporter
}
