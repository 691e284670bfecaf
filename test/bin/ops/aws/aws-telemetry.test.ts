import { CloudWatchClient } from '@aws-sdk/client-cloudwatch'
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { expect, onTestFinished, test } from 'vitest'
import { awsTelemetry } from '../../../../bin/ops/aws/aws-telemetry.ts'
import { type AwsRequest, jsonOnLoopback } from '../../../functions/shared/json-on-loopback.ts'

async function telemetry(answer: (target: string, body: AwsRequest['body']) => object) {
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
  const parts = { stackName: 'fixture', logGroups: { receiver: 'log-r', worker: 'log-w' } }
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
      ? { MetricDataResults: [{ Id: 'events_accepted', Values: [3] }] }
      : { MetricDataResults: [{ Id: 'events_accepted', Values: [4, 5] }], NextToken: 'page-2' },
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

test('asks for no figures if nothing was ever parked', async () => {
  const { telemetry: asked, targets } = await telemetry(() => ({ Metrics: [] }))
  expect(await asked.parked(86_400_000)).toEqual({})
  expect(targets).toEqual(['ListMetrics'])
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
