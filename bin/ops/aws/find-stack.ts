import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { CALL_LIMITS } from '../../../functions/shared/call-limits.ts'
import { DEFAULT_CONNECTION } from '../../../functions/shared/connection.ts'
import { FOR_OPERATORS, ForOperators } from '../../../lib/for-operators.ts'
import type { Settings } from '../../../lib/settings.ts'
import { settingsDigests } from '../../../lib/settings-digests.ts'
import { wordsOf } from '../error-words.ts'
import type { Found } from '../target.ts'
import { awsBridge } from './aws-bridge.ts'

/** Finds a deployed stack by what it tells in its outputs, with the credentials and the region of the environment. */
export async function findStack(declared: Settings): Promise<Found> {
  const { stackName } = declared
  const cloudFormation = new CloudFormationClient(CALL_LIMITS)
  try {
    const told = await outputOf(cloudFormation, stackName)
    if (!told) return { problem: NOT_TOLD(stackName) }
    return toTarget(told, declared, await cloudFormation.config.region())
  } catch (error) {
    return { problem: `The stack ${stackName} can't be found: ${wordsOf(error)}` }
  } finally {
    cloudFormation.destroy()
  }
}

const NOT_TOLD = (stackName: string) =>
  `The stack ${stackName} was deployed by a version that does not tell where its parts are, or by a later one than this. Deploy this version, or run the commands of that one.`

async function outputOf(
  cloudFormation: CloudFormationClient,
  StackName: string,
): Promise<ForOperators | undefined> {
  const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }))
  const output = Stacks[0]?.Outputs?.find(({ OutputKey }) => OutputKey === FOR_OPERATORS)
  return ForOperators.safeParse(parsed(output?.OutputValue ?? '')).data
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function toTarget(told: ForOperators, declared: Settings, region: string): Found {
  const { stackName, lanes, queues, deadLetters, captures, secrets } = told
  const clients = {
    sqs: new SQSClient(CALL_LIMITS),
    secretsManager: new SecretsManagerClient(CALL_LIMITS),
    lambda: new LambdaClient(CALL_LIMITS),
    cloudWatch: new CloudWatchClient(CALL_LIMITS),
  }
  return {
    name: `${stackName} in ${region}`,
    settings: { lanes, connections: declared.connections, queues, deadLetters, captures },
    webhookUrl: told.webhookUrl.replace(/\/$/, ''),
    secretIds: {
      inbound: (connection) =>
        connection === DEFAULT_CONNECTION ? secrets.inbound : secrets.inboundPrefix + connection,
      braze: secrets.braze,
      ...(secrets.logKey !== undefined && { logKey: secrets.logKey }),
    },
    sqs: clients.sqs,
    secretsManager: clients.secretsManager,
    bridge: awsBridge(clients, told, Date.now),
    allowLoopbackBraze: false,
    declared: { lanes: declared.lanes, differing: differing(declared, told.digests) },
    close: () => {
      for (const client of Object.values(clients)) client.destroy()
    },
  }
}

/** A stack that was deployed before there were digests tells none. */
const differing = (declared: Settings, deployed: Readonly<Record<string, string>> = {}) =>
  Object.entries(settingsDigests(declared)).flatMap(([name, digest]) =>
    deployed[name] === undefined || deployed[name] === digest ? [] : [name],
  )
