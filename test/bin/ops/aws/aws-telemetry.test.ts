import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { expect, onTestFinished, test } from 'vitest'
import * as z from 'zod'
import { awsTelemetry } from '../../../../bin/ops/aws/aws-telemetry.ts'
import { type AwsRequest, jsonOnLoopback } from '../../../functions/shared/json-on-loopback.ts'

async function telemetry(
  answer: (target: string, body: AwsRequest['body']) => object,
  connections: readonly string[] = ['default'],
) {
  const targets: string[] = []
  const service = await jsonOnLoopback(({ target = '', body }) => {
    const action = target.slice(target.indexOf('.') + 1)
    targets.push(action)
    return { status: 200, json: answer(action, body) }
  })
  onTestFinished(service.close)
  const cloudWatch = new CloudWatchClient(service.client)
  const logs = new CloudWatchLogsClient(service.client)
  let clock = 1_767_607_200_000
  onTestFinished(() => {
    cloudWatch.destroy()
    logs.destroy()
  })
  const parts = { stackName: 'fixture', logGroups: { receiver: 'log-r', worker: 'log-w' }, connections }
  return {
    targets,
    pass: (ms: number) => {
      clock += ms
    },
    telemetry: awsTelemetry(
      { cloudWatch, logs },
      parts,
      () => clock,
      async () => undefined,
    ),
  }
}

test('adds up figures that come in pages', async () => {
  const { telemetry: asked, targets } = await telemetry((_, body) =>
    JSON.stringify(body).includes('page-2')
      ? { MetricDataResults: [{ Id: 'events_RowsAccepted_0', Values: [3] }] }
      : { MetricDataResults: [{ Id: 'events_RowsAccepted_0', Values: [4, 5] }], NextToken: 'page-2' },
  )
  expect((await asked.figures(300_000)).events).toEqual({
    accepted: 12,
    delivered: 0,
    parked: 0,
    requests: 0,
    objects: 0,
  })
  expect(targets).toEqual(['GetMetricData', 'GetMetricData'])
})

const Asked = z.object({ MetricDataQueries: z.array(z.object({ Id: z.string() })) })
const idsOf = (body: unknown) => Asked.parse(body).MetricDataQueries.map(({ Id }) => Id)

test.each([
  ['has not listed its metrics yet', [], { accepted: 7, incomplete: true }],
  ['lists its metrics', [12], { accepted: 12, incomplete: undefined }],
])(
  'rows of a connection that cdk.json does not name are found if CloudWatch %s',
  async (_, listed, expected) => {
    const values: Record<string, number[]> = {
      profiles_RowsAccepted_0: [7],
      all_RowsAccepted: [12],
      profiles_RowsAccepted_listed: listed,
    }
    const { telemetry: asked, targets } = await telemetry((_target, body) => ({
      MetricDataResults: idsOf(body).map((Id) => ({ Id, Values: values[Id] ?? [] })),
    }))
    const { profiles, incomplete } = await asked.figures(300_000)
    expect({ accepted: profiles.accepted, incomplete }).toEqual(expected)
    expect(targets).toEqual(['GetMetricData', 'GetMetricData'])
  },
)

test('asks for at most 500 metrics at once', async () => {
  const asked: number[] = []
  const names = Array.from({ length: 70 }, (_, index) => `connection-${index}`)
  const { telemetry: of } = await telemetry((_, body) => {
    const ids = idsOf(body)
    asked.push(ids.length)
    return { MetricDataResults: ids.map((Id) => ({ Id, Values: Id.startsWith('events_RowsP') ? [1] : [] })) }
  }, names)
  expect((await of.figures(300_000)).events.parked).toBe(71)
  expect(asked).toEqual([500, 91])
})

test('a field that an answer lacks is named in one sentence', async () => {
  const { telemetry: asked } = await telemetry((action) =>
    action === 'StartQuery'
      ? { queryId: 'query-1' }
      : { status: 'Complete', results: Array.from({ length: 900 }, () => [{ field: 'x', value: 'y' }]) },
  )
  const sentence =
    'CloudWatch Logs gave an answer that this version cannot read (%, and 1,799 more fields). Run the command again. If that does not help, another version of this command may be needed.'
  expect(await asked.person('fixture', 60_000).catch(String)).toBe(`Error: ${sentence.replace('%', '0.at')}`)
  expect(await asked.run('889', 60_000).catch(String)).toContain(
    'CloudWatch Logs gave an answer that this version cannot read (queues.0.',
  )
})

test('asks for the last answer at most once a minute, since each query costs money', async () => {
  const {
    telemetry: asked,
    targets,
    pass,
  } = await telemetry((action) =>
    action === 'StartQuery' ? { queryId: 'query-1' } : { status: 'Complete', results: [] },
  )
  expect(await asked.lastAnswer()).toBeUndefined()
  pass(59_000)
  expect(await asked.lastAnswer()).toBeUndefined()
  expect(targets).toEqual(['StartQuery', 'GetQueryResults'])
  pass(1_000)
  await asked.lastAnswer()
  expect(targets).toHaveLength(4)
})
