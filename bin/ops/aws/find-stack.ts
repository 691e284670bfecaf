import { setTimeout as pause } from 'node:timers/promises'
import { CloudFormationClient, DescribeStacksCommand, type Stack } from '@aws-sdk/client-cloudformation'
import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { LambdaClient } from '@aws-sdk/client-lambda'
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager'
import { SQSClient } from '@aws-sdk/client-sqs'
import { DEFAULT_CONNECTION } from '../../../functions/shared/connection.ts'
import { parseJson } from '../../../functions/shared/json.ts'
import { CLIENT_TIMEOUTS } from '../../../functions/shared/limits.ts'
import { FOR_OPERATORS, ForOperators } from '../../../lib/for-operators.ts'
import { settingsDigests } from '../../../lib/outputs.ts'
import type { Settings } from '../../../lib/settings.ts'
import { errorMessage } from '../error-message.ts'
import type { Found } from '../target.edge.ts'
import { awsBridge } from './aws-bridge.ts'
import { awsTelemetry } from './aws-telemetry.ts'
import { nextStep } from './next-step.ts'

/** Finds a deployed stack by its outputs, with the credentials and the region of the environment. */
export async function findStack(declared: Settings): Promise<Found> {
  const { stackName } = declared
  const cloudFormation = new CloudFormationClient(CLIENT_TIMEOUTS)
  try {
    const stack = await describe(cloudFormation, stackName)
    const region = await cloudFormation.config.region()
    if (!stack || NEVER_DEPLOYED.includes(stack.StackStatus ?? '')) return missing(stackName, region)
    const outputs = readOutputs(stack)
    if (!outputs) return { problem: OUTPUTS_MISSING(stackName) }
    return toTarget(outputs, declared, region)
  } catch (error) {
    const problem = `The stack ${stackName} can't be found: ${errorMessage(error)}`
    const next = nextStep(error)
    return next === undefined ? { problem } : { problem: `${problem}\n${next}`, isFinal: true }
  } finally {
    cloudFormation.destroy()
  }
}

const OUTPUTS_MISSING = (stackName: string) =>
  `The stack ${stackName} was deployed by a version that does not tell where its parts are, or by a later one than this. Deploy this version, or run the commands of that one.`

const missing = (stackName: string, region: string): Found => ({
  problem: `There is no stack ${stackName} in ${region} in the account of these credentials. Deploy it, or check that the region and the credentials are the right ones.`,
  isMissing: true,
})

/** States of a stack whose creation was not started or failed. The CDK creates such a stack again. */
const NEVER_DEPLOYED = ['REVIEW_IN_PROGRESS', 'CREATE_FAILED', 'ROLLBACK_COMPLETE', 'ROLLBACK_FAILED']

/** CloudFormation has no specific error for a stack that does not exist (API reference, DescribeStacks). */
const NO_SUCH_STACK = /does not exist$/

/** @returns undefined if the stack does not exist. */
async function describe(cloudFormation: CloudFormationClient, StackName: string): Promise<Stack | undefined> {
  try {
    const { Stacks = [] } = await cloudFormation.send(new DescribeStacksCommand({ StackName }))
    return Stacks[0]
  } catch (error) {
    if (error instanceof Error && error.name === 'ValidationError' && NO_SUCH_STACK.test(error.message))
      return undefined
    throw error
  }
}

function readOutputs({ Outputs = [] }: Stack): ForOperators | undefined {
  const output = Outputs.find(({ OutputKey }) => OutputKey === FOR_OPERATORS)
  return ForOperators.safeParse(parseJson(output?.OutputValue ?? '')).data
}

/** Only a long poll asks all servers of a queue (Amazon SQS Developer Guide, "short and long polling"). */
const LONG_POLL_SECONDS = 2

function toTarget(outputs: ForOperators, declared: Settings, region: string): Found {
  const { stackName, lanes, queues, deadLetters, captures, secrets } = outputs
  const clients = {
    sqs: new SQSClient(CLIENT_TIMEOUTS),
    secretsManager: new SecretsManagerClient(CLIENT_TIMEOUTS),
    lambda: new LambdaClient(CLIENT_TIMEOUTS),
    cloudWatch: new CloudWatchClient(CLIENT_TIMEOUTS),
    logs: new CloudWatchLogsClient(CLIENT_TIMEOUTS),
  }
  return {
    name: `${stackName} in ${region}`,
    settings: {
      lanes,
      objectsPerRequest: declared.objectsPerRequest,
      connections: declared.connections,
      queues,
      deadLetters,
      captures,
    },
    webhookUrl: outputs.webhookUrl.replace(/\/$/, ''),
    secretIds: {
      inbound: (connection) =>
        connection === DEFAULT_CONNECTION ? secrets.inbound : secrets.inboundPrefix + connection,
      braze: secrets.braze,
      ...(secrets.brazeExport !== undefined && { brazeExport: secrets.brazeExport }),
      ...(secrets.logKey !== undefined && { logKey: secrets.logKey }),
    },
    placeOfSecret: (id) => secretPage(id, region),
    sqs: clients.sqs,
    waitSeconds: LONG_POLL_SECONDS,
    secretsManager: clients.secretsManager,
    bridge: awsBridge(clients, outputs, Date.now),
    telemetry: awsTelemetry(
      clients,
      { ...outputs, connections: Object.keys(declared.connections) },
      Date.now,
      async (ms) => pause(ms),
    ),
    allowLoopbackBraze: false,
    ...(outputs.mutualTls && { mutualTls: true as const }),
    declared: { lanes: declared.lanes, differing: differing(declared, outputs.digests) },
    close: () => {
      for (const client of Object.values(clients)) client.destroy()
    },
  }
}

/**
 * A secret's ARN ends with its name, a dash and six more characters (Secrets Manager user guide, "What's in a
 * secret").
 */
const NAME_IN_ARN = /:secret:(.+)-[A-Za-z0-9]{6}$/

/** @returns the URL of the secret's page in the AWS console. */
export function secretPage(id: string, region: string): string {
  const name = encodeURIComponent(NAME_IN_ARN.exec(id)?.[1] ?? id)
  return `https://${region}.console.aws.amazon.com/secretsmanager/secret?region=${region}&name=${name}`
}

/** A stack that was deployed before digests were introduced has none in its outputs. */
const differing = (declared: Settings, deployed: Readonly<Record<string, string>> = {}) =>
  Object.entries(settingsDigests(declared)).flatMap(([name, digest]) =>
    deployed[name] === undefined || deployed[name] === digest ? [] : [name],
  )
