import { Stack } from 'aws-cdk-lib'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'

/** The page of a queue in the AWS console. */
export function queueConsoleUrl(queue: IQueue): string {
  const { region, account, urlSuffix } = Stack.of(queue)
  const encodedQueueUrl = `https%3A%2F%2Fsqs.${region}.${urlSuffix}%2F${account}%2F${queue.queueName}`
  return `https://${region}.console.aws.amazon.com/sqs/v3/home?region=${region}#/queues/${encodedQueueUrl}`
}

/** The page of a secret in the AWS console. */
export function secretConsoleUrl(secret: Secret): string {
  const { region } = Stack.of(secret)
  return `https://${region}.console.aws.amazon.com/secretsmanager/secret?region=${region}&name=${secret.secretName}`
}
