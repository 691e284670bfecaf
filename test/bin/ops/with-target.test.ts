import { createServer } from 'node:http'
import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { listen } from '../../../bin/local/listen.ts'
import { findTarget, withTarget } from '../../../bin/ops/with-target.ts'
import { createTestIo } from '../../test-io.ts'
import { operatorOutput } from './stack-on-loopback.ts'

/** A deployed stack is found with CloudFormation. Here the real SDK calls an endpoint on loopback. */

const OPERATOR_OUTPUT = operatorOutput('https://sqs.test')

async function cloudFormation(status: number, xml: string): Promise<void> {
  const server = createServer((_, response) => {
    response.writeHead(status, { 'content-type': 'text/xml' }).end(xml)
  })
  const url = await listen(server, 0)
  onTestFinished(() => void server.close())
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL: url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_ENDPOINT_URL_SQS: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'fixture',
    AWS_SECRET_ACCESS_KEY: 'fixture',
  }))
    vi.stubEnv(name, value)
}
afterEach(() => vi.unstubAllEnvs())

const described = (outputs: string) =>
  `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member><StackName>ActionIqBraze-dev</StackName><CreationTime>2026-01-05T10:00:00Z</CreationTime><StackStatus>CREATE_COMPLETE</StackStatus><Outputs>${outputs}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`

const output = (value: string) =>
  `<member><OutputKey>ForOperators</OutputKey><OutputValue>${value.replaceAll('"', '&quot;')}</OutputValue></member>`

const DEV = { kind: 'stack', stage: 'dev' } as const

test('a stack is found by what it tells in its outputs', async () => {
  await cloudFormation(200, described(output(JSON.stringify(OPERATOR_OUTPUT))))
  const found = await findTarget(DEV, {})
  if ('problem' in found) throw new Error(found.problem)
  onTestFinished(found.close)
  expect(found.name).toBe('ActionIqBraze-dev in eu-central-1')
  expect(found.webhookUrl).toBe('https://fixture.execute-api.eu-central-1.amazonaws.com')
  expect(found.settings).toMatchObject({
    lanes: 8,
    queues: { profiles: 'https://sqs.test/1/p.fifo', events: 'https://sqs.test/1/e.fifo' },
  })
  expect(found.secretIds.inbound('default')).toBe('arn:inbound')
  expect(found.secretIds.inbound('crm')).toBe('ActionIqBraze-dev/connections/crm')
  expect(found.secretIds.braze).toBe('arn:braze')
})

test('what cdk.json says otherwise than was deployed is named', async () => {
  const digests = { connections: 'another', memoryMb: '081a153fc9bf', laterSetting: 'x' }
  await cloudFormation(200, described(output(JSON.stringify({ ...OPERATOR_OUTPUT, digests }))))
  const found = await findTarget(DEV, {})
  if ('problem' in found) throw new Error(found.problem)
  onTestFinished(found.close)
  expect(found.declared).toEqual({ lanes: 16, differing: ['connections'] })
})

test.each([
  ['tells nothing', ''],
  ['tells it in a way of a later version', output(JSON.stringify({ ...OPERATOR_OUTPUT, v: 3 }))],
  ['tells something else', output('no JSON')],
])('a stack that %s has to be deployed by this version first', async (_, outputs) => {
  await cloudFormation(200, described(outputs))
  expect(await findTarget(DEV, {})).toEqual({
    problem:
      'The stack ActionIqBraze-dev was deployed by a version that does not tell where its parts are, or by a later one than this. Deploy this version, or run the commands of that one.',
  })
})

const NOT_THERE = {
  problem:
    'There is no stack ActionIqBraze-dev in eu-central-1 in the account of these credentials. Deploy it, or check that the region and the credentials are the right ones.',
  isMissing: true,
}
const failed = (code: string, message: string) =>
  `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error></ErrorResponse>`

test('a stack that there is not', async () => {
  await cloudFormation(400, failed('ValidationError', 'Stack with id ActionIqBraze-dev does not exist'))
  expect(await findTarget(DEV, {})).toEqual(NOT_THERE)
})

test('a stack whose creation failed', async () => {
  await cloudFormation(200, described('').replace('CREATE_COMPLETE', 'ROLLBACK_COMPLETE'))
  expect(await findTarget(DEV, {})).toEqual(NOT_THERE)
})

test.each([
  ['AccessDenied', 'User: fixture is not authorized to perform: cloudformation:DescribeStacks'],
  ['ValidationError', 'stackName failed to satisfy constraint'],
])('any other trouble (%s) is told in the words of AWS', async (code, message) => {
  await cloudFormation(400, failed(code, message))
  expect(await findTarget(DEV, {})).toEqual({
    problem: `The stack ActionIqBraze-dev can't be found: ${code}: ${message}`,
  })
})

test('credentials that have run out are told with what to do', async () => {
  await cloudFormation(403, failed('ExpiredToken', 'The security token included in the request is expired'))
  expect(await findTarget(DEV, {})).toEqual({
    problem:
      "The stack ActionIqBraze-dev can't be found: ExpiredToken: The security token included in the request is expired\n" +
      'Set AWS_PROFILE to a profile of its account. If its credentials have expired, sign in again (aws sso login).',
    isFinal: true,
  })
})

test.each([
  [undefined, { AWS_REGION: 'eu-north-1' }],
  ['fixture', { AWS_REGION: 'eu-north-1', AWS_PROFILE: 'fixture' }],
])('the region of AWS_DEFAULT_REGION and the profile %s are used', async (profile, expected) => {
  await cloudFormation(400, failed('AccessDenied', 'fixture'))
  const env: Record<string, string> = { AWS_DEFAULT_REGION: 'eu-north-1' }
  const { io, errors } = createTestIo([], { env })
  expect(await withTarget({ ...DEV, profile }, io, undefined, async () => true)).toBe(1)
  expect(errors).toEqual(["The stack ActionIqBraze-dev can't be found: AccessDenied: fixture"])
  expect(env).toEqual({ AWS_DEFAULT_REGION: 'eu-north-1', ...expected })
})
