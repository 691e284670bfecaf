import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { deploy, profileIn, stageIn } from '../../../bin/deploy/deploy.ts'
import { type DeployedLanes, lanesOf } from '../../../bin/deploy/lanes-of.ts'
import { main, runsCdk } from '../../../bin/deploy/main.ts'
import { createTestIo } from '../../test-io.ts'
import { stackOnLoopback } from '../ops/stack-on-loopback.ts'

type Given = { argv?: readonly string[]; skip?: boolean; stop?: AbortSignal }

async function run(
  lanes: DeployedLanes,
  { argv = [], skip = false, stop = new AbortController().signal }: Given = {},
) {
  const lines: string[] = []
  const stages: string[] = []
  const deployed: (readonly string[])[] = []
  const code = await deploy(argv, {
    skip,
    lanesOf: async (stage) => {
      stages.push(stage)
      return lanes
    },
    cdkDeploy: async (args) => {
      deployed.push(args)
      return 7
    },
    stop,
    out: (line) => lines.push(line),
    error: (line) => lines.push(line),
  })
  return { code, stages, deployed, lines }
}

const PROD = ['-c', 'stage=prod', '--require-approval', 'never']
const SAME = { deployed: 16, declared: 16, waiting: 900 }
const UNKNOWN = { problem: 'fixture: no region' }

test('the CDK gets all arguments, and its exit code is returned', async () => {
  expect(await run(SAME, { argv: PROD })).toEqual({ code: 7, stages: ['prod'], deployed: [PROD], lines: [] })
})

test.each<[string, DeployedLanes, string[]]>([
  [
    'other lanes and empty queues',
    { deployed: 16, declared: 32, waiting: 0 },
    ['Lanes: cdk.json has 32, and 16 are deployed; both queues are empty.'],
  ],
  ['a first deployment', 'first deployment', ['This is the first deployment of the stage prod.']],
])('%s: deployed', async (_, lanes, lines) => {
  expect(await run(lanes, { argv: PROD })).toMatchObject({ code: 7, deployed: [PROD], lines })
})

test.each<[string, DeployedLanes, string[]]>([
  [
    'other lanes and waiting messages',
    { deployed: 16, declared: 32, waiting: 3 },
    [
      'Lanes: cdk.json has 32, and 16 are deployed, while about 3 messages wait in the queues. After a deployment, a newer change of a person could overtake an older one.',
      'Next: Restore the number in cdk.json, or stop the senders and deploy when both queues are empty: npm run ops -- status --stage prod --watch. Do not pause: a pause keeps the queues full.',
    ],
  ],
  [
    'no answer from AWS',
    UNKNOWN,
    [
      'fixture: no region',
      'Nothing was deployed: a changed number of lanes could let a newer change of a person overtake an older one. If "lanes" in cdk.json is the deployed number, or both queues are empty, skip the check: SKIP_LANE_CHECK=1 npm run deploy -- -c stage=prod --require-approval never',
    ],
  ],
  [
    'no credentials',
    { problem: 'fixture: no credentials', isFinal: true },
    ['fixture: no credentials', 'Nothing was deployed.'],
  ],
])('%s: not deployed', async (_, lanes, lines) => {
  expect(await run(lanes, { argv: PROD })).toMatchObject({ code: 1, deployed: [], lines })
})

test('without the lane check, AWS is not asked', async () => {
  expect(await run(UNKNOWN, { argv: PROD, skip: true })).toEqual({
    code: 7,
    stages: [],
    deployed: [PROD],
    lines: [],
  })
})

test('Ctrl-C during the lane check prevents the deployment', async () => {
  expect(await run(SAME, { stop: AbortSignal.abort() })).toMatchObject({
    code: 1,
    deployed: [],
    lines: ['Interrupted: nothing was deployed.'],
  })
})

test.each([
  [[], 'dev'],
  [['-c', 'stage=prod'], 'prod'],
  [['-c=stage=prod'], 'prod'],
  [['--context', 'stage=prod', '-c', 'other=1'], 'prod'],
  [['--context=stage=prod'], 'prod'],
  [['-c', 'stage=dev', '-c', 'stage=prod'], 'prod'],
  [['-c'], 'dev'],
])('%j selects the stage %s', (argv, stage) => {
  expect(stageIn(argv)).toBe(stage)
})

test('the lane check uses the profile that the CDK gets', () => {
  expect([profileIn(['--profile', 'ops']), profileIn(['--profile=ops']), profileIn([])]).toEqual([
    'ops',
    'ops',
    undefined,
  ])
})

/** Answers every call of SQS with seven messages for a queue. */
const stackWithMessages = () =>
  stackOnLoopback(() => ({
    Attributes: {
      ApproximateNumberOfMessages: '4',
      ApproximateNumberOfMessagesNotVisible: '2',
      ApproximateNumberOfMessagesDelayed: '1',
    },
  }))

test('the lanes and messages of a deployed stack are read from AWS', async () => {
  await stackWithMessages()
  expect(await lanesOf('dev')).toEqual({ deployed: 8, declared: 16, waiting: 14 })
})

test('a queue that cannot be read is a problem', async () => {
  await stackOnLoopback(() => ({
    httpStatus: 400,
    __type: 'com.amazonaws.sqs#QueueDoesNotExist',
    message: 'fixture',
  }))
  expect(await lanesOf('dev')).toEqual({
    problem: 'The queues of ActionIqBraze-dev in eu-central-1 could not be read: QueueDoesNotExist: fixture',
  })
})

test('the command checks the lanes of the deployed stack, whatever options the CDK gets', async () => {
  await stackWithMessages()
  const { io, out, errors } = createTestIo(['--require-approval', 'never', '--profile', 'fixture', '-v'])
  expect([await main(io), out]).toEqual([1, []])
  expect(errors[0]).toContain('cdk.json has 16, and 8 are deployed, while about 14 messages wait')
  expect(io.env.AWS_PROFILE).toBe('fixture')
})

test('without a region or credentials, the lane check is not named as the obstacle', async () => {
  await stackWithMessages()
  vi.stubEnv('AWS_REGION', undefined)
  vi.stubEnv('AWS_CONFIG_FILE', '/dev/null')
  const { io, errors } = createTestIo([])
  expect([await main(io), errors]).toEqual([
    1,
    [
      "The stack ActionIqBraze-dev can't be found: Error: Region is missing",
      'Set AWS_REGION to the region of the stack, or AWS_PROFILE to a profile that names it.',
      'Nothing was deployed.',
    ],
  ])
})

test('advice for the next command names the profile too', async () => {
  const lanes = { deployed: 16, declared: 32, waiting: 3 }
  const { lines } = await run(lanes, { argv: ['--profile', 'my ops'] })
  expect(lines[1]).toContain("npm run ops -- status --stage dev --profile 'my ops' --watch")
})

test.each([
  [['-c', 'stage=pord'], 'cdk.json has no stage pord. Known stages: dev, prod. Did you mean prod?'],
  [['--require-approval', 'never', '--context'], "Option '-c, --context <stage=name>' argument missing"],
])('%j is a wrong command line, also without the lane check', async (argv, sentence) => {
  const { io, out, errors } = createTestIo(argv, { env: { SKIP_LANE_CHECK: '1' } })
  expect([await main(io), out, errors]).toEqual([2, [], [sentence]])
})

test.each([
  [['--help'], 'SKIP_LANE_CHECK=1'],
  [['-c', 'stage=prod', '-h'], 'npm run deploy -- -c stage=prod\n'],
  [['--version'], '0.1.0'],
])('%j deploys nothing and prints %s', async (argv, text) => {
  const { io, out, errors } = createTestIo(argv)
  expect([await main(io), errors]).toEqual([0, []])
  expect(out.join('\n')).toContain(text)
})

test.each([
  ['the region of its environment', "process.exit(process.env.AWS_REGION === 'fixture-1' ? 7 : 8)", 7],
  ['its exit code', "process.exit(process.argv.slice(2).join() === 'deploy,-c,stage=prod' ? 7 : 8)", 7],
  ['130 after Ctrl-C', "process.kill(process.pid, 'SIGINT'); setTimeout(() => {}, 60_000)", 130],
])('the CDK is awaited, and returns %s', async (_, script, code) => {
  const folder = mkdtempSync(join(tmpdir(), 'cdk-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const cdk = join(folder, 'cdk.mjs')
  writeFileSync(cdk, script)
  expect(await runsCdk(cdk, { AWS_REGION: 'fixture-1' })(['-c', 'stage=prod'])).toBe(code)
})
