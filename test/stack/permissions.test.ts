import type { Template } from 'aws-cdk-lib/assertions'
import { describe, expect, test } from 'vitest'
import * as z from 'zod'
import { everyOption, propertiesOf, synthesise, synthesised } from './synthesise.ts'

const template = synthesise()

const Arn = z.union([
  z.string(),
  z.object({ Ref: z.string() }).transform(({ Ref }) => Ref),
  z
    .object({ 'Fn::GetAtt': z.tuple([z.string(), z.literal('Arn')]) })
    .transform((arn) => arn['Fn::GetAtt'][0]),
])
const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.union([z.array(schema), schema.transform((one) => [one])])
const Policy = z.object({
  Roles: z.array(Arn),
  PolicyDocument: z.object({
    Statement: z.array(
      z.strictObject({ Effect: z.literal('Allow'), Action: oneOrMore(z.string()), Resource: oneOrMore(Arn) }),
    ),
  }),
})
const policiesOf = (template: Template) =>
  Object.values(propertiesOf(template, 'AWS::IAM::Policy')).map((policy) => Policy.parse(policy))

/** All permissions of a role, as `action on logical id`. Throws if a statement has a condition or denies. */
function mayDo(role: string, of = template): string[] {
  return policiesOf(of)
    .filter(({ Roles }) => Roles.includes(role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((resource) => `${action} on ${resource}`)),
    )
    .sort()
}

const logs = (group: string) =>
  ['logs:CreateLogStream', 'logs:PutLogEvents'].map((action) => `${action} on ${group}`)
const reads = (...secrets: string[]) =>
  secrets.flatMap((secret) => [
    `secretsmanager:DescribeSecret on ${secret}`,
    `secretsmanager:GetSecretValue on ${secret}`,
  ])
const sends = (...queues: string[]) => queues.map((queue) => `sqs:SendMessage on ${queue}`)
const consumes = (...queues: string[]) =>
  queues.flatMap((queue) =>
    ['ChangeMessageVisibility', 'DeleteMessage', 'GetQueueAttributes', 'GetQueueUrl', 'ReceiveMessage'].map(
      (action) => `sqs:${action} on ${queue}`,
    ),
  )
const QUEUES = ['ProfilesQueue39CEC36C', 'EventsQueue7396B467']
const DEAD_LETTERS = ['ProfilesDeadLettersE6533FBC', 'EventsDeadLetters8A90034E']
const INBOUND = ['SecretsInboundB82A19A2', 'SecretsInboundcrmD5E569AF']
const [LOG_KEY, BRAZE] = ['SecretsLogKeyAFF78FFA', 'SecretsBrazeDD68D7EB']

test.each([
  [
    'the receiver may send to the five queues, read the inbound secrets and the log key',
    'ReceiverRoleA2179E9F',
    [
      ...logs('ReceiverLogs921D31A4'),
      ...reads(...INBOUND, LOG_KEY),
      ...sends(...QUEUES, ...DEAD_LETTERS, 'CapturesQueue73712E55'),
    ],
  ],
  [
    'the worker may consume both queues, park in their dead letters, read the Braze secret and the log key',
    'WorkerRoleAAEB1603',
    [
      ...logs('WorkerLogs4B5B6506'),
      ...reads(BRAZE, LOG_KEY),
      ...consumes(...QUEUES),
      ...sends(...DEAD_LETTERS),
    ],
  ],
  [
    'the exporter may read the inbound secrets, the Braze secret and the log key',
    'ExporterRole9B408E7C',
    [...logs('ExporterLogs0C6B1C5F'), ...reads(BRAZE, LOG_KEY, ...INBOUND)],
  ],
])('%s, and nothing else', (_, role, permissions) => {
  expect(mayDo(role)).toEqual(permissions.toSorted())
})

test('there is no other role, and no role has more than its own policy', () => {
  const roles = propertiesOf(template, 'AWS::IAM::Role')
  expect(Object.keys(roles)).toEqual(['ReceiverRoleA2179E9F', 'ExporterRole9B408E7C', 'WorkerRoleAAEB1603'])
  for (const role of Object.values(roles)) {
    expect(role).not.toHaveProperty('ManagedPolicyArns')
    expect(role).not.toHaveProperty('Policies')
  }
  expect(policiesOf(template)).toHaveLength(3)
  template.resourceCountIs('AWS::IAM::ManagedPolicy', 0)
})

test('with a Braze key of its own, the exporter may not read the key that writes, nor the worker the key that reads', () => {
  const separate = synthesise({ separateExportKey: true })
  const brazeSecretsOf = (role: string) =>
    mayDo(role, separate).filter((may) => /GetSecretValue on SecretsBraze/.test(may))
  expect(brazeSecretsOf('ExporterRole9B408E7C')).toEqual([
    expect.stringMatching(/^secretsmanager:GetSecretValue on SecretsBrazeExport/),
  ])
  expect(brazeSecretsOf('WorkerRoleAAEB1603')).toEqual([`secretsmanager:GetSecretValue on ${BRAZE}`])
})

test('no secret lets anybody in by a policy of its own', () => {
  template.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 0)
})

test('a queue lets nobody in by a policy of its own, and nobody without TLS', () => {
  const queues = propertiesOf(template, 'AWS::SQS::Queue')
  const queuePolicies = Object.values(propertiesOf(template, 'AWS::SQS::QueuePolicy'))
  expect(
    new Set(queuePolicies.flatMap(({ Queues }) => Queues.map(({ Ref }: { Ref: string }) => Ref))),
  ).toEqual(new Set(Object.keys(queues)))
  for (const { PolicyDocument, Queues } of queuePolicies)
    expect(PolicyDocument.Statement).toEqual([
      {
        Effect: 'Deny',
        Principal: { AWS: '*' },
        Action: 'sqs:*',
        Resource: { 'Fn::GetAtt': [Queues[0].Ref, 'Arn'] },
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ])
})

test('nobody but the API may call a function, and there is one permission however many routes lead to it', () => {
  const Permission = z.strictObject({
    Action: z.literal('lambda:InvokeFunction'),
    Principal: z.literal('apigateway.amazonaws.com'),
    FunctionName: Arn,
    SourceArn: z.object({ 'Fn::Join': z.tuple([z.literal(''), z.array(z.unknown())]) }),
  })
  const invoked = Object.values(propertiesOf(template, 'AWS::Lambda::Permission')).map((permission) => {
    const { FunctionName, SourceArn } = Permission.parse(permission)
    const [api, path] = SourceArn['Fn::Join'][1].slice(-2)
    expect(api).toEqual({ Ref: 'WebhookApi427E2EB3' })
    return `${FunctionName} by ${path}`
  })
  expect(invoked).toEqual(['ReceiverFunction5F91F2E5 by /*/*/*', 'ExporterFunction8FE826AC by /*/*/*'])
})

test('only with tracing may each function write traces, and nothing else besides', () => {
  const traced = synthesise({ tracing: true })
  for (const role of ['ReceiverRoleA2179E9F', 'WorkerRoleAAEB1603', 'ExporterRole9B408E7C'])
    expect(mayDo(role, traced).filter((may) => !mayDo(role).includes(may))).toEqual([
      'xray:PutTelemetryRecords on *',
      'xray:PutTraceSegments on *',
    ])
})

describe("with a key of the operator's own", () => {
  const encrypted = synthesised({ ...everyOption, tracing: false, separateExportKey: false })
  const key = 'arn:aws:kms:eu-west-1:000000000000:key/00000000-0000-4000-8000-000000007731'
  const more = (role: string) => mayDo(role, encrypted).filter((may) => !mayDo(role).includes(may))

  test.each([
    ['the receiver', 'ReceiverRoleA2179E9F'],
    ['the worker', 'WorkerRoleAAEB1603'],
  ])('%s may encrypt and decrypt with it, and nothing else besides', (_, role) => {
    expect(more(role)).toEqual([`kms:Decrypt on ${key}`, `kms:GenerateDataKey on ${key}`])
  })

  test('the exporter, which only reads, may decrypt', () => {
    expect(more('ExporterRole9B408E7C')).toEqual([`kms:Decrypt on ${key}`])
  })

  test('there is no other role, and none is missing what it may do without', () => {
    encrypted.resourceCountIs('AWS::IAM::Role', 3)
    encrypted.resourceCountIs('AWS::IAM::Policy', 3)
    for (const role of ['ReceiverRoleA2179E9F', 'WorkerRoleAAEB1603', 'ExporterRole9B408E7C'])
      expect(mayDo(role, encrypted)).toEqual(expect.arrayContaining(mayDo(role)))
  })

  test.each([
    ['AWS::SQS::Queue', 'KmsMasterKeyId', 5],
    ['AWS::SecretsManager::Secret', 'KmsKeyId', 4],
    ['AWS::Logs::LogGroup', 'KmsKeyId', 4],
  ])('every %s is encrypted with it', (type, property, count) => {
    const keys = Object.values(propertiesOf(encrypted, type)).map((properties) => properties[property])
    expect(keys).toEqual(Array.from({ length: count }, () => key))
  })
})
