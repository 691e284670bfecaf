import { CfnDeletionPolicy, RemovalPolicy } from 'aws-cdk-lib'
import { type IKey, Key } from 'aws-cdk-lib/aws-kms'
import {
  CfnLogGroup,
  DataIdentifier,
  DataProtectionPolicy,
  LogGroup,
  type RetentionDays,
} from 'aws-cdk-lib/aws-logs'
import { QueueEncryption, type QueueProps } from 'aws-cdk-lib/aws-sqs'
import type { Construct } from 'constructs'
import type { Settings } from './settings.ts'

/** How queues, secrets and logs are kept: whether they outlive the stack, and whose key encrypts them. */
export type DataRetention = {
  removalPolicy: RemovalPolicy
  /** The operator's own key, which is outside the stack. Without it, AWS's key is used. */
  encryptionKey?: IKey
}

export function dataRetentionFrom(scope: Construct, { keepData, kmsKeyArn }: Settings): DataRetention {
  return {
    // With this policy, a creation that fails may remove what it made, because nothing was accepted yet.
    removalPolicy: keepData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY,
    ...(kmsKeyArn !== undefined && { encryptionKey: Key.fromKeyArn(scope, 'Key', kmsKeyArn) }),
  }
}

export const queueEncryption = ({ encryptionKey }: Pick<DataRetention, 'encryptionKey'>): QueueProps =>
  encryptionKey
    ? { encryption: QueueEncryption.KMS, encryptionMasterKey: encryptionKey }
    : { encryption: QueueEncryption.SQS_MANAGED }

/**
 * The data that log groups mask. It leaves out what could match one of our own ids: a person's keyed hash can
 * be sixteen digits, like the number of a card, and the name of a run or an audience can be a person's
 * (`Name` matches any full name).
 */
const PERSONAL_DATA = [
  DataIdentifier.EMAILADDRESS,
  DataIdentifier.IPADDRESS,
  DataIdentifier.ADDRESS,
  DataIdentifier.PHONENUMBER_BR,
  DataIdentifier.PHONENUMBER_DE,
  DataIdentifier.PHONENUMBER_ES,
  DataIdentifier.PHONENUMBER_FR,
  DataIdentifier.PHONENUMBER_GB,
  DataIdentifier.PHONENUMBER_IT,
  DataIdentifier.PHONENUMBER_US,
]

export type ProtectedLogGroupProps = {
  retention: RetentionDays
  dataRetention: DataRetention
  /** AWS names the log group unless this does. */
  logGroupName?: string
  /** Its lines hold addresses on purpose, so these are not masked. */
  holdsAddresses?: boolean
}

/**
 * A log group that masks personal data. This is defense in depth: our log lines contain none. It only counts
 * what it finds, as the metric LogEventsWithFindings, because a copy of the findings would be one more place
 * that holds them.
 */
export class ProtectedLogGroup extends LogGroup {
  constructor(scope: Construct, id: string, props: ProtectedLogGroupProps) {
    const { retention, dataRetention, logGroupName, holdsAddresses = false } = props
    super(scope, id, {
      retention,
      ...(logGroupName !== undefined && { logGroupName }),
      ...dataRetention,
      dataProtectionPolicy: new DataProtectionPolicy({
        name: 'personal-data',
        description: 'Masks what no log line should hold',
        identifiers: PERSONAL_DATA.filter((kind) => !holdsAddresses || kind !== DataIdentifier.IPADDRESS),
      }),
    })
  }

  /**
   * For a log group with a name of its own: an update that replaces it deletes it, whatever the stack keeps. If it
   * stayed, a version that is deployed again could not make it again under its name.
   */
  replaceWithoutKeeping(): void {
    const { defaultChild } = this.node
    if (!(defaultChild instanceof CfnLogGroup)) throw new Error('a log group consists of a CfnLogGroup')
    defaultChild.cfnOptions.updateReplacePolicy = CfnDeletionPolicy.DELETE
  }
}
