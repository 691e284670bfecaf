import { Duration, Validations } from 'aws-cdk-lib'
import type { IFunction } from 'aws-cdk-lib/aws-lambda'
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources'
import { DeduplicationScope, FifoThroughputLimit, Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import {
  BATCH_SIZE,
  MAX_RECEIVE_COUNT,
  RETENTION_DAYS,
  VISIBILITY_PER_TIMEOUT,
} from '../functions/shared/limits.ts'
import { type Kept, queueEncryption } from './kept.ts'

export type DeliveryQueueProps = {
  /** Without `.fifo`. */
  name: string
  /** Time-out of the function that consumes the queue. */
  consumerTimeout: Duration
  kept: Kept
}

/** A FIFO queue in high-throughput mode, its FIFO dead-letter queue, and what feeds a function from it. */
export class DeliveryQueue extends Construct {
  readonly queue: Queue
  readonly deadLetters: Queue

  constructor(scope: Construct, id: string, props: DeliveryQueueProps) {
    super(scope, id)
    const alike = {
      fifo: true,
      deduplicationScope: DeduplicationScope.MESSAGE_GROUP,
      fifoThroughputLimit: FifoThroughputLimit.PER_MESSAGE_GROUP_ID,
      retentionPeriod: Duration.days(RETENTION_DAYS),
      ...queueEncryption(props.kept),
      enforceSSL: true,
      removalPolicy: props.kept.removalPolicy,
    }
    this.deadLetters = new Queue(this, 'DeadLetters', { ...alike, queueName: `${props.name}-dlq.fifo` })
    Validations.of(this.deadLetters).acknowledge({
      id: 'Serverless-SQSRedrivePolicy',
      reason: 'This is the dead-letter queue: nothing consumes it but a person, and nothing comes after it.',
    })
    this.queue = new Queue(this, 'Queue', {
      ...alike,
      queueName: `${props.name}.fifo`,
      visibilityTimeout: Duration.seconds(VISIBILITY_PER_TIMEOUT * props.consumerTimeout.toSeconds()),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: MAX_RECEIVE_COUNT },
    })
  }

  /**
   * Feeds the queue to a function that answers with the messages it could not settle.
   * @returns the UUID of the event source mapping.
   */
  deliverTo(consumer: IFunction, maxConcurrency: number): string {
    const source = new SqsEventSource(this.queue, {
      batchSize: BATCH_SIZE,
      reportBatchItemFailures: true,
      maxConcurrency,
    })
    consumer.addEventSource(source)
    Validations.of(consumer).acknowledge({
      id: 'Serverless-LambdaEventSourceMappingDestination',
      reason: 'An SQS event source takes no such destination: a failed message goes back to its queue.',
    })
    return source.eventSourceMappingId
  }
}
