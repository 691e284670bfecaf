import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib'
import { Queue } from 'aws-cdk-lib/aws-sqs'
import { Construct } from 'constructs'
import { type Kept, queueEncryption } from './kept.ts'

/** Long enough to try a new sender over some days, and no longer: captures hold what was sent. */
const RETENTION = Duration.days(7)

export type CapturesQueueProps = { name: string; kept: Kept }

/**
 * Keeps how each request of a connection in capture mode was read, for an operator to look at. A standard queue, since
 * nothing of it is ever delivered; whoever looks leaves everything there.
 */
export class CapturesQueue extends Construct {
  readonly queue: Queue

  constructor(scope: Construct, id: string, { name, kept }: CapturesQueueProps) {
    super(scope, id)
    this.queue = new Queue(this, 'Queue', {
      queueName: name,
      retentionPeriod: RETENTION,
      ...queueEncryption(kept),
      enforceSSL: true,
      // What was only tried out is of no use without its bridge.
      removalPolicy: RemovalPolicy.DESTROY,
    })
    const reason = 'Nothing consumes it but a person who looks, as often as they like: no message ever fails.'
    Validations.of(this.queue).acknowledge(
      { id: 'AwsSolutions-SQS3', reason },
      { id: 'Serverless-SQSRedrivePolicy', reason },
    )
  }
}
