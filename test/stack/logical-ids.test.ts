import { expect, test } from 'vitest'
import * as z from 'zod'
import { resolveText } from './resolve-text.ts'
import { cdkStage, synthesised } from './synthesise.ts'

/**
 * The types of resources that hold messages, keys or history. CloudFormation identifies a resource by its
 * logical id. If the logical id, the type or the name changes, CloudFormation creates an empty resource and
 * gives up the old one.
 */
const STATEFUL = ['AWS::SQS::Queue', 'AWS::SecretsManager::Secret', 'AWS::Logs::LogGroup']

const DEPLOYED = [
  'AWS::Logs::LogGroup ReceiverLogs921D31A4 named by AWS',
  'AWS::Logs::LogGroup WebhookAccessLog49B4A173 named /aws/vendedlogs/<stack>/AWS::StackId',
  'AWS::Logs::LogGroup WorkerLogs4B5B6506 named by AWS',
  'AWS::SQS::Queue CapturesQueue73712E55 named <stack>-captures',
  'AWS::SQS::Queue EventsDeadLetters8A90034E named <stack>-events-dlq.fifo',
  'AWS::SQS::Queue EventsQueue7396B467 named <stack>-events.fifo',
  'AWS::SQS::Queue ProfilesDeadLettersE6533FBC named <stack>-profiles-dlq.fifo',
  'AWS::SQS::Queue ProfilesQueue39CEC36C named <stack>-profiles.fifo',
  'AWS::SecretsManager::Secret SecretsBrazeDD68D7EB named by AWS',
  'AWS::SecretsManager::Secret SecretsInboundB82A19A2 named by AWS',
  'AWS::SecretsManager::Secret SecretsLogKeyAFF78FFA named by AWS',
]

const WHAT_A_CHANGE_DOES = `An upgrade of a deployed stack would make anew what is no longer listed:
messages would stay behind in a queue that nobody reads (or the deployment fails, its name being taken), the sender's token and the Braze key would be gone, the log would begin anew.
Give it back its id (a construct's id and those of its parents), its type and its name. What is new is added to the list.`

const Resources = z.record(
  z.string(),
  z.object({
    Type: z.string(),
    Properties: z
      .object({ QueueName: z.string(), Name: z.string(), LogGroupName: z.unknown() })
      .partial()
      .optional(),
  }),
)

test.each(['dev', 'prod'])('an upgrade of %s makes nothing anew that holds something', (stage) => {
  const settings = cdkStage(stage)
  const resources = Resources.parse(synthesised(settings).toJSON().Resources)
  const found = Object.entries(resources)
    .filter(([, { Type }]) => STATEFUL.includes(Type))
    .map(([id, { Type, Properties }]) => {
      const name = Properties?.QueueName ?? Properties?.Name ?? Properties?.LogGroupName
      const text = name === undefined ? 'by AWS' : resolveText(name).replace(settings.stackName, '<stack>')
      return `${Type} ${id} named ${text}`
    })
  expect(found.toSorted(), WHAT_A_CHANGE_DOES).toEqual(DEPLOYED)
})
