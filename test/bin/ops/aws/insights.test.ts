import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { expect, onTestFinished, test } from 'vitest'
import { insights, timeOf } from '../../../../bin/ops/aws/insights.ts'
import { jsonOnLoopback } from '../../../functions/shared/json-on-loopback.ts'

/** Runs a query that reports these states, one at each poll. The last state repeats. */
async function ask(...states: string[]) {
  const service = await jsonOnLoopback(({ target }) => ({
    status: 200,
    json: target?.endsWith('StartQuery')
      ? { queryId: 'query-1' }
      : {
          status: states.length > 1 ? states.shift() : states[0],
          results: [[{ field: 'run', value: '889' }, { field: 'parked' }]],
        },
  }))
  onTestFinished(service.close)
  const logs = new CloudWatchLogsClient(service.client)
  onTestFinished(() => logs.destroy())
  let clock = 1_767_607_200_000
  const pause = async (ms: number) => {
    clock += ms
  }
  const answered = await insights(logs, () => clock, pause)('fields run', ['log-w'], 60_000).catch(String)
  return { answered, waitedMs: clock - 1_767_607_200_000 }
}

test('waits until the query is complete', async () => {
  expect(await ask('Scheduled', 'Running', 'Running', 'Complete')).toEqual({
    answered: [{ run: '889', parked: '' }],
    waitedMs: 1_500,
  })
})

test('fails if a query never ends', async () => {
  expect(await ask('Running')).toEqual({
    answered: 'Error: CloudWatch Logs: the query takes too long',
    waitedMs: 60_500,
  })
})

test.each([
  ['2026-01-05 10:00:00.250', 1_767_607_200_250],
  ['1767607200250', 1_767_607_200_250],
  ['1.76760720025E12', 1_767_607_200_250],
])('reads the time %s', (text, ms) => {
  expect(timeOf(text)).toBe(ms)
})
