import { RemovalPolicy } from 'aws-cdk-lib'
import { type IKey, Key } from 'aws-cdk-lib/aws-kms'
import { QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Settings } from './settings.ts'

/** How queues, secrets and logs are kept: whether they outlive the stack, and encrypted with whose key. */
export type Kept = {
  removalPolicy: RemovalPolicy
  /** The operator's own, which stands outside the stack; without it, AWS's. */
  encryptionKey?: IKey
}

export function keptAs(scope: Construct, { keepData, kmsKeyArn }: Settings): Kept {
  return {
    // A creation that fails may take away what it made: nothing was accepted yet.
    removalPolicy: keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    ...(kmsKeyArn !== undefined && { encryptionKey: Key.fromKeyArn(scope, 'Key', kmsKeyArn) }),
  }
}

export const queueEncryption = ({ encryptionKey }: Pick<Kept, 'encryptionKey'>): QueueProps =>
  encryptionKey
    ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
    : { encryption: QueueEncryption.SQS_MANAGED }
