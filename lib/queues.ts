import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { DeduplicationScope, FifoThroughputLimit, Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import {
  CAPTURES_RETENTION_DAYS,
  MAX_RECEIVE_COUNT,
  RETENTION_DAYS,
  VISIBILITY_PER_TIMEOUT,
} from '../functions/shared/limits.ts'
import type { QueueName } from '../functions/shared/record.ts'
import { type DataRetention, queueEncryption } from './retention.ts'
import type { QueueSettings } from './settings.ts'

export type DeliveryQueueProps = {
  /** Without `.fifo`. */
  name: string
  consumerTimeout: Duration
  /** How long each message waits before it can be received; not at all unless set. */
  deliveryDelay?: Duration
  dataRetention: DataRetention
}

/**
 * A FIFO queue in high-throughput mode, with its FIFO dead-letter queue and with what feeds a function from
 * it.
 */
export class DeliveryQueue extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, props: DeliveryQueueProps) {
    super(scope, id)
    const sharedProps = {
      fifo: true,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      retentionPeriod: Duration.days(RETENTION_DAYS),
      ...queueEncryption(props.dataRetention),
      enforceSSL: true,
      removalPolicy: props.dataRetention.removalPolicy,
    }
    this.deadLetters = new Queue(this, 'DeadLetters', { ...sharedProps, queueName: `${props.name}-dlq.fifo` })
    Validations.of(this.deadLetters).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'This is the dead-letter queue: nothing consumes it but a person, and nothing comes after it.',
    })
    this.queue = new Queue(this, 'Queue', {
      ...sharedProps,
      queueName: `${props.name}.fifo`,
      ...(props.deliveryDelay && { deliveryDelay: props.deliveryDelay }),
      visibilityTimeout: Duration.seconds(VISIBILITY_PER_TIMEOUT * props.consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
    })
  }

  /**
   * Feeds the queue to a function that reports the messages it could not settle.
   * @returns the UUID of the event source mapping.
   */
  deliverTo(
    consumer: IFunction,
    { batchSize, concurrency }: Pick<QueueSettings, 'batchSize' | 'concurrency'>,
  ): string {
    const source = new SqsEventSource(this.queue, {
      batchSize,
      reportBatchItemFailures: true,
      maxConcurrency: concurrency,
    })
    consumer.addEventSource(source)
    Validations.of(consumer).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'An SQS event source takes no such destination: a failed message goes back to its queue.',
    })
    return source.eventSourceMappingId
  }
}

export type CapturesQueueProps = { name: string; dataRetention: DataRetention }

/**
 * Keeps how each request of a connection in capture mode was read, for an operator to look at. It is a
 * standard queue, since nothing in it is ever delivered. Whoever looks leaves everything there.
 */
export class CapturesQueue extends Construct {
  readonly queue: Queue

  constructor(scope: Construct, id: string, { name, dataRetention }: CapturesQueueProps) {
    super(scope, id)
    this.queue = new Queue(this, 'Queue', {
      queueName: name,
      retentionPeriod: Duration.days(CAPTURES_RETENTION_DAYS),
      ...queueEncryption(dataRetention),
      enforceSSL: true,
      // What was only tried out is useless without its bridge.
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const reason = 'Nothing consumes it but a person who looks, as often as they like: no message ever fails.'
    Validations.of(this.queue).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    )
  }
}

export type DeliveryQueues = Readonly<Record<QueueName, DeliveryQueue>>

/** The environment variables that both functions share. */
export const queueUrls = ({ profiles, events }: DeliveryQueues) => ({
  PROFILES_QUEUE_URL: profiles.queue.queueUrl,
  EVENTS_QUEUE_URL: events.queue.queueUrl,
  PROFILES_DLQ_URL: profiles.deadLetters.queueUrl,
  EVENTS_DLQ_URL: events.deadLetters.queueUrl,
})
