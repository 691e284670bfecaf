import { expect, test } from 'vitest'
import * as z from 'zod'
import { propertiesOf, synthesise } from './synthesise.ts'

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
const policies = Object.values(propertiesOf(template, 'AWS::IAM::Policy')).map((policy) =>
  Policy.parse(policy),
)

/** What a role may do, as `action on logical id`. */
function mayDo(role: string): string[] {
  return policies
    .filter(({ Roles }) => Roles.includes(role))
    .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
    .flatMap(({ Action, Resource }) =>
      Action.flatMap((action) => Resource.map((resource) => `${action} on ${resource}`)),
    )
    .sort()
}

test('the receiver may send to the five queues, read the inbound secrets and the log key, and nothing else', () => {
  expect(mayDo('ReceiverRoleA2179E9F')).toEqual([
    'logs:CreateLogStream on ReceiverLogs921D31A4',
    'logs:PutLogEvents on ReceiverLogs921D31A4',
    'secretsmanager:DescribeSecret on SecretsInboundB82A19A2',
    'secretsmanager:DescribeSecret on SecretsInboundcrmD5E569AF',
    'secretsmanager:DescribeSecret on SecretsLogKeyAFF78FFA',
    'secretsmanager:GetSecretValue on SecretsInboundB82A19A2',
    'secretsmanager:GetSecretValue on SecretsInboundcrmD5E569AF',
    'secretsmanager:GetSecretValue on SecretsLogKeyAFF78FFA',
    'sqs:SendMessage on CapturesQueue73712E55',
    'sqs:SendMessage on EventsDeadLetters8A90034E',
    'sqs:SendMessage on EventsQueue7396B467',
    'sqs:SendMessage on ProfilesDeadLettersE6533FBC',
    'sqs:SendMessage on ProfilesQueue39CEC36C',
    'xray:PutTelemetryRecords on *',
    'xray:PutTraceSegments on *',
  ])
})

test('the worker may consume both queues, park in their dead letters, read the Braze secret and the log key, and nothing else', () => {
  expect(mayDo('WorkerRoleAAEB1603')).toEqual([
    'logs:CreateLogStream on WorkerLogs4B5B6506',
    'logs:PutLogEvents on WorkerLogs4B5B6506',
    'secretsmanager:DescribeSecret on SecretsBrazeDD68D7EB',
    'secretsmanager:DescribeSecret on SecretsLogKeyAFF78FFA',
    'secretsmanager:GetSecretValue on SecretsBrazeDD68D7EB',
    'secretsmanager:GetSecretValue on SecretsLogKeyAFF78FFA',
    'sqs:ChangeMessageVisibility on EventsQueue7396B467',
    'sqs:ChangeMessageVisibility on ProfilesQueue39CEC36C',
    'sqs:DeleteMessage on EventsQueue7396B467',
    'sqs:DeleteMessage on ProfilesQueue39CEC36C',
    'sqs:GetQueueAttributes on EventsQueue7396B467',
    'sqs:GetQueueAttributes on ProfilesQueue39CEC36C',
    'sqs:GetQueueUrl on EventsQueue7396B467',
    'sqs:GetQueueUrl on ProfilesQueue39CEC36C',
    'sqs:ReceiveMessage on EventsQueue7396B467',
    'sqs:ReceiveMessage on ProfilesQueue39CEC36C',
    'sqs:SendMessage on EventsDeadLetters8A90034E',
    'sqs:SendMessage on ProfilesDeadLettersE6533FBC',
    'xray:PutTelemetryRecords on *',
    'xray:PutTraceSegments on *',
  ])
})

test('the exporter may read the secrets, and nothing else', () => {
  expect(mayDo('ExporterRole9B408E7C')).toEqual([
    'logs:CreateLogStream on ExporterLogs0C6B1C5F',
    'logs:PutLogEvents on ExporterLogs0C6B1C5F',
    'secretsmanager:DescribeSecret on SecretsBrazeDD68D7EB',
    'secretsmanager:DescribeSecret on SecretsInboundB82A19A2',
    'secretsmanager:DescribeSecret on SecretsInboundcrmD5E569AF',
    'secretsmanager:GetSecretValue on SecretsBrazeDD68D7EB',
    'secretsmanager:GetSecretValue on SecretsInboundB82A19A2',
    'secretsmanager:GetSecretValue on SecretsInboundcrmD5E569AF',
    'xray:PutTelemetryRecords on *',
    'xray:PutTraceSegments on *',
  ])
})

test('there is no other role, and no role has more than its own policy', () => {
  const roles = propertiesOf(template, 'AWS::IAM::Role')
  expect(Object.keys(roles)).toEqual(['ReceiverRoleA2179E9F', 'ExporterRole9B408E7C', 'WorkerRoleAAEB1603'])
  for (const role of Object.values(roles)) {
    expect(role).not.toHaveProperty('ManagedPolicyArns')
    expect(role).not.toHaveProperty('Policies')
  }
  expect(policies).toHaveLength(3)
})

test('no secret lets anybody in by a policy of its own', () => {
  template.resourceCountIs('AWS::SecretsManager::ResourcePolicy', 0)
})
