import { expect, test } from 'vitest'
import { profileIn, stageIn } from '../../../bin/deploy/arguments.ts'
import { deploy } from '../../../bin/deploy/deploy.ts'
import { type DeployedLanes, lanesOf } from '../../../bin/deploy/lanes-of.ts'
import { stackOnLoopback } from '../ops/stack-on-loopback.ts'

const CDK_EXIT = 7

async function run(argv: readonly string[], lanes: DeployedLanes, skip = false) {
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
      return CDK_EXIT
    },
    out: (line) => lines.push(line),
    error: (line) => lines.push(line),
  })
  return { code, stages, deployed, lines }
}

test('the same lanes are deployed without a word, whatever waits, and the CDK gets all arguments', async () => {
  const argv = ['-c', 'stage=prod', '--require-approval', 'never']
  expect(await run(argv, { deployed: 16, declared: 16, waiting: 900 })).toEqual({
    code: 7,
    stages: ['prod'],
    deployed: [argv],
    lines: [],
  })
})

test('other lanes are refused while messages wait', async () => {
  const { code, deployed, lines } = await run([], { deployed: 16, declared: 32, waiting: 3 })
  expect([code, deployed]).toEqual([1, []])
  expect(lines).toEqual([
    'Lanes: cdk.json has 32, and 16 are deployed, while about 3 messages wait in the queues. After a deployment, a newer change of a person could overtake an older one.',
    'Next: Restore the number in cdk.json, or stop the senders and deploy when both queues are empty: npm run ops -- status --stage dev --watch. Do not pause: a pause keeps the queues full.',
  ])
})

test('other lanes over empty queues are deployed, and told', async () => {
  const { code, lines } = await run([], { deployed: 16, declared: 32, waiting: 0 })
  expect([code, lines]).toEqual([7, ['Lanes: cdk.json has 32, and 16 are deployed; both queues are empty.']])
})

test('a first deployment has nothing to compare with', async () => {
  const { code, lines } = await run([], 'first deployment')
  expect([code, lines]).toEqual([7, ['The first deployment of the stage dev.']])
})

test('where AWS can not be asked, nothing is deployed, unless it is told to', async () => {
  const problem = { problem: 'fixture: no region' }
  const { code, deployed, lines } = await run([], problem)
  expect([code, deployed, lines[0]]).toEqual([1, [], 'fixture: no region'])
  expect(lines[1]).toContain('SKIP_LANE_CHECK=1')
  expect(await run([], problem, true)).toMatchObject({ code: 7, stages: [], lines: [] })
  expect(await run(['--help'], problem)).toMatchObject({ code: 7, stages: [] })
})

test.each([
  [[], 'dev'],
  [['-c', 'stage=prod'], 'prod'],
  [['-c=stage=prod'], 'prod'],
  [['--context', 'stage=prod', '-c', 'other=1'], 'prod'],
  [['--context=stage=prod'], 'prod'],
  [['-c', 'stage=dev', '-c', 'stage=prod'], 'prod'],
  [['-c'], 'dev'],
])('%j is about the stage %s', (argv, stage) => {
  expect(stageIn(argv)).toBe(stage)
})

test('the SDK asks with the profile that the CDK is given', () => {
  expect([profileIn(['--profile', 'ops']), profileIn(['--profile=ops']), profileIn([])]).toEqual([
    'ops',
    'ops',
    undefined,
  ])
})

test('AWS is asked by its own protocol', async () => {
  await stackOnLoopback(() => ({
    Attributes: {
      ApproximateNumberOfMessages: '4',
      ApproximateNumberOfMessagesNotVisible: '2',
      ApproximateNumberOfMessagesDelayed: '1',
    },
  }))
  expect(await lanesOf('dev')).toEqual({ deployed: 8, declared: 16, waiting: 14 })
})

test('a queue that can not be asked is a trouble', async () => {
  await stackOnLoopback(() => ({
    httpStatus: 400,
    __type: 'com.amazonaws.sqs#QueueDoesNotExist',
    message: 'fixture',
  }))
  expect(await lanesOf('dev')).toEqual({
    problem: "The queues of ActionIqBraze-dev in eu-central-1 can't be asked: QueueDoesNotExist: fixture",
  })
})
