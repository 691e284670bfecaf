import { createHash } from 'node:crypto'
import { CfnOutput, type Stack } from 'aws-cdk-lib'
import type { IQueue } from 'aws-cdk-lib/aws-sqs'
import type { ReceiverApi } from './api.ts'
import { dashboardConsoleUrl, queueConsoleUrl, secretConsoleUrl } from './console-links.ts'
import { FOR_OPERATORS, type ForOperators } from './for-operators.ts'
import type { Functions } from './functions.ts'
import type { DeliveryQueues } from './queues.ts'
import { inboundSecretPrefix, type Secrets } from './secrets.ts'
import type { Settings } from './settings.ts'

export type OutputsProps = {
  stage: string
  settings: Settings
  api: ReceiverApi
  secrets: Secrets
  queues: DeliveryQueues
  captures: IQueue
  functions: Functions
  dashboardName: string
}

/**
 * Makes the outputs that a deployment prints. The CLI sorts outputs by name, so these names sort in the order
 * in which a person needs them. They are in ASCII, because CloudFormation keeps no other character in an
 * output.
 */
export function addOutputs(stack: Stack, props: OutputsProps): void {
  const { stage, api, secrets, queues, dashboardName } = props
  const { profiles, events } = queues
  const output = (name: string, value: string) => new CfnOutput(stack, name, { value })

  output('Step1ActivationsUrl', `${api.url}/v1/activations`)
  if (api.cname !== undefined) output('Step1CnameToSet', api.cname)
  output('Step1EventsUrl', `${api.url}/v1/events`)
  output('Step1RecordsUrl', `${api.url}/v1/records`)
  output('Step2InboundSecret', secretConsoleUrl(secrets.inbound))
  if (secrets.inboundByConnection.size > 1) {
    const prefix = inboundSecretPrefix(stack.stackName)
    output('Step2ConnectionSecrets', `${prefix}<name> for ${api.url}/v1/<name>/activations (events, records)`)
  }
  output('Step3BrazeSecret', secretConsoleUrl(secrets.braze))
  if (secrets.brazeExport !== secrets.braze)
    output('Step3BrazeSecretForExports', secretConsoleUrl(secrets.brazeExport))
  output('Step4Check', `npm run ops -- check --stage ${stage}`)
  output('Step5Dashboard', dashboardConsoleUrl(stack, dashboardName))
  output('WatchEvents', queueConsoleUrl(events.queue))
  output('WatchEventsDeadLetters', queueConsoleUrl(events.deadLetters))
  output('WatchProfiles', queueConsoleUrl(profiles.queue))
  output('WatchProfilesDeadLetters', queueConsoleUrl(profiles.deadLetters))
  output(FOR_OPERATORS, stack.toJsonString(forOperators(stack.stackName, props)))
}

function forOperators(stackName: string, props: OutputsProps): ForOperators {
  const { stage, settings, api, secrets, queues, captures, functions } = props
  const { receiver, worker, exporter } = functions
  const { profiles, events } = queues
  return {
    v: exporter ? 1 : 2,
    stage,
    stackName,
    webhookUrl: api.url,
    ...(api.requiresClientCertificate && { mutualTls: true as const }),
    functions: {
      receiver: receiver.function.functionName,
      worker: worker.function.functionName,
      ...(exporter && { exporter: exporter.function.functionName }),
    },
    logGroups: {
      receiver: receiver.logGroup.logGroupName,
      worker: worker.logGroup.logGroupName,
      ...(exporter && { exporter: exporter.logGroup.logGroupName }),
      api: api.accessLog.logGroupName,
    },
    eventSources: worker.eventSources,
    queues: { profiles: profiles.queue.queueUrl, events: events.queue.queueUrl },
    deadLetters: { profiles: profiles.deadLetters.queueUrl, events: events.deadLetters.queueUrl },
    captures: captures.queueUrl,
    secrets: {
      inbound: secrets.inbound.secretArn,
      inboundPrefix: inboundSecretPrefix(stackName),
      braze: secrets.braze.secretArn,
      ...(settings.separateExportKey && { brazeExport: secrets.brazeExport.secretArn }),
      logKey: secrets.logKey.secretArn,
    },
    lanes: settings.lanes,
    digests: settingsDigests(settings),
    dashboardName: props.dashboardName,
  }
}

/**
 * The settings that change how rows are accepted, read or delivered. `lanes` is not among them, because it is
 * an output itself.
 */
const COMPARED = [
  'connections',
  'queues',
  'objectsPerRequest',
  'throttle',
  'memoryMb',
] as const satisfies (keyof Settings)[]

/** Enough to distinguish two settings. */
const DIGITS = 12

/**
 * Returns a digest of each setting, because fifty connections are too long for an output that people see.
 */
export const settingsDigests = (settings: Settings): Record<string, string> =>
  Object.fromEntries(
    COMPARED.map((name) => [
      name,
      createHash('sha256').update(JSON.stringify(settings[name])).digest('hex').slice(0, DIGITS),
    ]),
  )
