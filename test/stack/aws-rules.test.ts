import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { Connections } from '../../functions/shared/connection.ts'
import type { Settings } from '../../lib/settings.ts'
import { resolveText } from './resolve-text.ts'
import { cdkStage, everyOption, propertiesOf, settings, synthesised } from './synthesise.ts'

/**
 * Rules of AWS that only a deployment finds out, or nobody until something is lost. Each test covers every
 * resource of its kind in each of these stacks.
 */
const STACKS: readonly (readonly [string, Settings])[] = [
  ['dev', cdkStage('dev')],
  ['prod', cdkStage('prod')],
  ['a stack with a mail for alarms', settings],
  ['a stack with every option', everyOption],
  ['a stack with as many connections as it takes', { ...settings, connections: manyConnections() }],
]

function manyConnections(): Connections {
  const names = Array.from({ length: 65 }, (_, n) => `fixture-connection-with-a-long-name-${n}`)
  return Connections.parse(Object.fromEntries(names.map((name) => [name, { exports: ['email'] }])))
}

const oneOrMore = z.union([z.array(z.string()), z.string().transform((one) => [one])])
const Statement = z.object({
  Effect: z.enum(['Allow', 'Deny']),
  Principal: z.unknown().optional(),
  Action: oneOrMore,
  Condition: z.unknown().optional(),
})
const statementsIn = (document: unknown) =>
  z.object({ Statement: z.array(Statement) }).parse(document).Statement

const CLOUDWATCH = { Service: 'cloudwatch.amazonaws.com' }
/** Alarms of this account and region, because the service acts for the alarms of every account. */
const FROM_OUR_ALARMS = {
  StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
  ArnLike: {
    'aws:SourceArn': {
      'Fn::Join': [
        '',
        [
          'arn:',
          { Ref: 'AWS::Partition' },
          ':cloudwatch:',
          { Ref: 'AWS::Region' },
          ':',
          { Ref: 'AWS::AccountId' },
          ':alarm:*',
        ],
      ],
    },
  },
}

/** What a policy lets CloudWatch do for our alarms. */
const allowsAlarms = (document: unknown) =>
  statementsIn(document)
    .filter(
      ({ Effect, Principal }) =>
        Effect === 'Allow' && JSON.stringify(Principal) === JSON.stringify(CLOUDWATCH),
    )
    .flatMap(({ Action, Condition }) => {
      expect(Condition).toEqual(FROM_OUR_ALARMS)
      return Action
    })

/** SQS, SNS and KMS take names of references where they take the things themselves. */
const refersTo = (value: unknown, id: string) => JSON.stringify(value).includes(`"${id}"`)

const of = (template: Template, type: string) => Object.entries(propertiesOf(template, type))

describe.each(STACKS)('%s', (_, given) => {
  const template = synthesised(given)

  // The policy of a topic replaces SNS's own, and a key lets nobody use it whom its policy does not name.
  test('lets CloudWatch publish to each of its topics, and use the key of each', () => {
    const topics = of(template, 'AWS::SNS::Topic')
    expect(topics).toHaveLength(given.alarmEmail === undefined ? 0 : 1)
    for (const [id, topic] of topics) {
      const policies = of(template, 'AWS::SNS::TopicPolicy').filter(([, { Topics }]) => refersTo(Topics, id))
      expect(policies.flatMap(([, { PolicyDocument }]) => allowsAlarms(PolicyDocument))).toEqual([
        'sns:Publish',
      ])
      const keys = of(template, 'AWS::KMS::Key').filter(([key]) => refersTo(topic.KmsMasterKeyId, key))
      expect(keys.flatMap(([, { KeyPolicy }]) => allowsAlarms(KeyPolicy))).toEqual(
        expect.arrayContaining(['kms:Decrypt', 'kms:GenerateDataKey*']),
      )
    }
  })

  // Any other name is added to a policy of the account that ends at 5,120 characters. The id of the stack
  // makes the name unique, because the log of a deleted stack may still be there.
  test('has the access log of each stage of its API under /aws/vendedlogs/, by a name of its own', () => {
    const logGroups = propertiesOf(template, 'AWS::Logs::LogGroup')
    const stages = of(template, 'AWS::ApiGatewayV2::Stage')
    expect(stages).toHaveLength(1)
    for (const [, { AccessLogSettings }] of stages) {
      const [, group] =
        Object.entries(logGroups).find(([id]) => refersTo(AccessLogSettings.DestinationArn, id)) ?? []
      expect(resolveText(group?.LogGroupName)).toBe(`/aws/vendedlogs/${given.stackName}/AWS::StackId`)
    }
  })

  // A limit outlives its route, and API Gateway then rejects each change of the stage.
  test('limits only routes that every stack has, and makes them before their limits', () => {
    const routes = of(template, 'AWS::ApiGatewayV2::Route')
    const permanent = [
      'ANY /v1/{kind}',
      'ANY /users/track',
      'ANY /v1/{connection}/{kind}',
      'ANY /v1/{connection}/users/track',
    ]
    for (const { Properties, DependsOn } of Object.values(
      template.findResources('AWS::ApiGatewayV2::Stage'),
    )) {
      expect(Object.keys(Properties.RouteSettings)).toEqual(permanent)
      const limited = routes.filter(([, { RouteKey }]) => permanent.includes(RouteKey)).map(([id]) => id)
      expect(limited).toHaveLength(permanent.length)
      expect(DependsOn).toEqual(expect.arrayContaining(limited))
    }
    // API Gateway developer guide, "Quotas for HTTP APIs".
    expect(routes.length).toBeLessThanOrEqual(300)
  })

  // A route is live at once. Without the permission, API Gateway answers its requests with 500.
  test('makes the permissions of its functions before the routes that lead there', () => {
    const permissions = of(template, 'AWS::Lambda::Permission').map(([id]) => id)
    expect(permissions.length).toBeGreaterThan(0)
    for (const { DependsOn } of Object.values(template.findResources('AWS::ApiGatewayV2::Route')))
      expect(DependsOn).toEqual(expect.arrayContaining(permissions))
  })

  test('stays within what Lambda takes for the policy and the environment of a function', () => {
    for (const [id, { Environment }] of of(template, 'AWS::Lambda::Function')) {
      const permissions = of(template, 'AWS::Lambda::Permission').filter(([, { FunctionName }]) =>
        refersTo(FunctionName, id),
      )
      // AWS Lambda developer guide, "Quotas": 20 KB, of which a statement takes about 400 bytes.
      expect(permissions.length).toBeLessThanOrEqual(40)
      // 4 KB for all variables. A reference becomes an ARN or a URL of at most 200 characters.
      const bytes = Object.entries(Environment.Variables).reduce(
        (sum, [name, value]) => sum + name.length + (typeof value === 'string' ? value.length : 200),
        0,
      )
      expect(bytes).toBeLessThan(4_096)
    }
  })

  // CloudFormation user guide, "Quotas": 500 resources, 200 outputs, 1 MB, 1,024 bytes of description.
  test('is no larger than CloudFormation takes', () => {
    const json = template.toJSON()
    expect(Object.keys(json.Resources).length).toBeLessThanOrEqual(500)
    expect(Object.keys(json.Outputs).length).toBeLessThanOrEqual(200)
    expect(JSON.stringify(json).length).toBeLessThan(1_000_000)
  })

  // Each limit is in the API reference of the service.
  test.each([
    ['AWS::SQS::Queue', 'QueueName', 80],
    ['AWS::SecretsManager::Secret', 'Name', 512],
    ['AWS::CloudWatch::Alarm', 'AlarmName', 255],
    ['AWS::Logs::QueryDefinition', 'Name', 255],
  ])(
    'gives no %s a %s of more than %i characters, even with the longest name of a stack',
    (type, property, most) => {
      const spare = 50 - given.stackName.length
      for (const [, properties] of of(template, type))
        expect((properties[property] ?? '').length + spare).toBeLessThanOrEqual(most)
    },
  )

  test('lets an administrator manage each of its keys', () => {
    for (const [, { KeyPolicy }] of of(template, 'AWS::KMS::Key'))
      expect(statementsIn(KeyPolicy).filter(({ Action }) => Action.includes('kms:*'))).toMatchObject([
        { Effect: 'Allow', Principal: { AWS: { 'Fn::Join': ['', expect.arrayContaining([':root'])] } } },
      ])
  })
})
