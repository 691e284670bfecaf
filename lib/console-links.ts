import { Stack } from 'aws-cdk-lib'
import type { ILogGroup } from 'aws-cdk-lib/aws-logs'
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { IConstruct } from 'constructs'

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

/** The page of a log group in the AWS console. */
export function logConsoleUrl(logGroup: ILogGroup): string {
  const { region } = Stack.of(logGroup)
  return `${cloudWatchUrl(region)}#logsV2:log-groups/log-group/${logGroup.logGroupName}`
}

/** The page of a dashboard in the AWS console. */
export function dashboardConsoleUrl(scope: IConstruct, dashboardName: string): string {
  return `${cloudWatchUrl(Stack.of(scope).region)}#dashboards/dashboard/${dashboardName}`
}

const cloudWatchUrl = (region: string) =>
  `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}`
