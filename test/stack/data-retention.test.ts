import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { cdkStage, everyOption, synthesised } from './synthesise.ts'

const Resources = z.record(
  z.string(),
  z.object({
    Type: z.string(),
    DeletionPolicy: z.string().default('Delete'),
    UpdateReplacePolicy: z.string().default('Delete'),
  }),
)
const resourcesOf = (template: Template) => Object.entries(Resources.parse(template.toJSON().Resources))

/** Resources that are worthless without the stack, or that the next deployment makes again as they were. */
const STATELESS = [
  'AWS::ApiGatewayV2::Api',
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::ApiGatewayV2::Integration',
  'AWS::ApiGatewayV2::Route',
  'AWS::ApiGatewayV2::Stage',
  'AWS::CloudWatch::Alarm',
  'AWS::CloudWatch::Dashboard',
  'AWS::IAM::ManagedPolicy',
  'AWS::IAM::Policy',
  'AWS::IAM::Role',
  'AWS::KMS::Key',
  'AWS::Lambda::EventSourceMapping',
  'AWS::Lambda::Function',
  'AWS::Lambda::LayerVersion',
  'AWS::Lambda::Permission',
  'AWS::Logs::MetricFilter',
  'AWS::Logs::QueryDefinition',
  'AWS::Route53::RecordSet',
  'AWS::SNS::Subscription',
  'AWS::SNS::Topic',
  'AWS::SNS::TopicPolicy',
  'AWS::SQS::QueuePolicy',
]

/** The captures are only trials, so they are deleted with the stack. */
const CAPTURES = 'CapturesQueue73712E55'

const ACCESS_LOG = 'WebhookAccessLog49B4A173'

describe.each([
  ['prod', cdkStage('prod')],
  ['a stage with every option', everyOption],
])('%s', (_, settings) => {
  const stateful = resourcesOf(synthesised(settings)).filter(
    ([id, { Type }]) => !STATELESS.includes(Type) && id !== CAPTURES,
  )

  test('holds something in queues, secrets and logs, and in nothing else', () => {
    expect(new Set(stateful.map(([, { Type }]) => Type))).toEqual(
      new Set(['AWS::Logs::LogGroup', 'AWS::SQS::Queue', 'AWS::SecretsManager::Secret']),
    )
  })

  test.each(stateful)('%s outlives the stack, and an update that replaces it', (id, resource) => {
    // A failed creation may delete the resource, because nothing was accepted yet.
    expect(resource.DeletionPolicy).toBe('RetainExceptOnCreate')
    // The access log has a name of its own, which the version before would have to use again.
    if (id !== ACCESS_LOG) expect(resource.UpdateReplacePolicy).toBe('Retain')
  })
})

test('dev leaves nothing behind', () => {
  const retained = resourcesOf(synthesised(cdkStage('dev'))).filter(
    ([, { DeletionPolicy, UpdateReplacePolicy }]) =>
      DeletionPolicy.startsWith('Retain') || UpdateReplacePolicy === 'Retain',
  )
  expect(retained).toEqual([])
})
