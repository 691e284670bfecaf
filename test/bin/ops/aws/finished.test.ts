import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs'
import { expect, onTestFinished, test } from 'vitest'
import { finishedInLog } from '../../../../bin/ops/aws/finished.ts'
import { type AwsCall, stackOnLoopback } from '../stack-on-loopback.ts'

const line = (message: string, more: object) => ({
  message: JSON.stringify({ message, level: 'INFO', ...more }),
})
const M1 = { requestId: 'r-1', messageId: 'm-1', delivered: 5, parked: 0 }
const M2 = { requestId: 'r-1', messageId: 'm-2', delivered: 1, parked: 2, codes: { REJECTED_BY_BRAZE: 2 } }

test('reads the worker’s log page by page, also after an empty page', async () => {
  const calls: AwsCall[] = []
  const pages = [
    { events: [line('worked', { finished: [M1] })], nextToken: 'page-2' },
    { events: [], nextToken: 'page-3' },
    { events: [line('worked', { finished: [M2] }), line('worked', {}), { message: 'no JSON' }] },
  ]
  await stackOnLoopback((call) => {
    calls.push(call)
    return pages[calls.length - 1] ?? {}
  })
  const logs = new CloudWatchLogsClient({})
  onTestFinished(() => logs.destroy())
  expect(await finishedInLog(logs, 'log-w', 1_767_607_200_000)).toEqual([M1, M2])
  const asked = {
    logGroupName: 'log-w',
    startTime: 1_767_607_200_000,
    filterPattern: '{ $.message = "worked" }',
  }
  expect(calls).toEqual([
    { what: 'FilterLogEvents', body: asked },
    { what: 'FilterLogEvents', body: { ...asked, nextToken: 'page-2' } },
    { what: 'FilterLogEvents', body: { ...asked, nextToken: 'page-3' } },
  ])
})
