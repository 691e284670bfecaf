import type { Context, SQSBatchResponse, SQSEvent } from 'aws-lambda'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { CONTEXT } from '../../../bin/proof/lambda-context.ts'
import { attributesOf, discard, type RunningBridge, startBridge } from '../../end-to-end/bridge.ts'

let bridge: RunningBridge
let handler: (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>
beforeAll(async () => {
  bridge = await startBridge()
  vi.stubEnv('OBJECTS_PER_REQUEST', '2')
  // Another test file in this process may have loaded the handler with an environment of its own.
  vi.resetModules()
  ;({ handler } = await import('../../../functions/worker/handler.ts'))
})
afterAll(() => {
  vi.unstubAllEnvs()
  return discard(bridge)
})
afterEach(() => {
  vi.restoreAllMocks()
})

const context: Context = { ...CONTEXT, awsRequestId: 'invocation-1', getRemainingTimeInMillis: () => 60_000 }

/** A Lambda event with one message for each of these records, all in one lane. */
const eventOf = (queue: string, records: readonly object[]): SQSEvent => ({
  Records: records.map((record, n) => ({
    messageId: `m${n}`,
    receiptHandle: `handle-${n}`,
    body: JSON.stringify({
      v: 1,
      id: `envelope-${n}`,
      connection: 'default',
      receivedAt: '2026-11-20T11:59:00.000Z',
      requestId: 'request-1',
      records: [record],
    }),
    attributes: {
      MessageGroupId: 'lane-3',
      ApproximateReceiveCount: '1',
      SentTimestamp: '0',
      SenderId: 'receiver',
      ApproximateFirstReceiveTimestamp: String(Date.now()),
    },
    messageAttributes: {},
    md5OfBody: '',
    eventSource: 'aws:sqs',
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:${queue}`,
    awsRegion: 'us-east-1',
  })),
})

test('several messages of one lane in one event lead to one object of their user', async () => {
  const flag = (member: boolean) => ({
    type: 'profile',
    external_id: 'fixture-u1',
    memberships: [{ audience_id: '1042', split_id: '2', member }],
  })
  const response = await handler(
    eventOf('profiles.fifo', [flag(true), flag(false), flag(true), flag(false)]),
    context,
  )
  expect(response).toEqual({ batchItemFailures: [] })
  expect(attributesOf(bridge, 'fixture-u1')).toEqual({ AIQ_1042_2: false })
  expect(bridge.simulator.requests().map(({ objects }) => objects.attributes)).toEqual([1])
})

test('a request holds as many objects as the environment says', async () => {
  const profile = (n: number) => ({
    type: 'profile',
    external_id: `fixture-u${n}`,
    attributes: { fixture_tier: n },
  })
  const before = bridge.simulator.requests().length
  expect(await handler(eventOf('profiles.fifo', [11, 12, 13].map(profile)), context)).toEqual({
    batchItemFailures: [],
  })
  expect(
    bridge.simulator
      .requests()
      .slice(before)
      .map(({ objects }) => objects.attributes),
  ).toEqual([2, 1])
})

test('what can’t be delivered is named as a failure of the batch, and the middleware marks the log', async () => {
  bridge.simulator.script([{ do: 'answer', status: 503 }])
  const response = await handler(
    eventOf('events.fifo', [{ type: 'event', external_id: 'fixture-u1', name: 'fixture-e' }]),
    context,
  )
  expect(response).toEqual({ batchItemFailures: [{ itemIdentifier: 'm0' }] })
  expect(bridge.logs.findLast(({ message }) => message === 'worked')).toMatchObject({
    function_request_id: 'invocation-1',
    returned: 1,
  })
})

test('a queue that is none of ours is a surprise, and the whole batch stays', async () => {
  await expect(handler(eventOf('someone-elses.fifo', [{}]), context)).rejects.toThrow('see its log line')
})

test('its metrics are written in CloudWatch’s embedded format, on one line where they can be', async () => {
  const write = vi.spyOn(console, 'log')
  const event = { type: 'event', external_id: 'fixture-u1', name: 'Seen' }
  await handler(eventOf('events.fifo', [event, { ...event, name: 'x'.repeat(256) }]), context)

  const written = write.mock.calls.map(([text]) => JSON.parse(String(text)))
  const directive = (sets: string[][], ...names: string[]) => ({
    Namespace: 'ActionIQBrazeBridge',
    Dimensions: sets,
    Metrics: names.map((Name) => ({
      Name,
      Unit: Name === 'AcceptedToDelivered' ? 'Milliseconds' : 'Count',
    })),
  })
  expect(written.filter((entry) => '_aws' in entry)).toEqual([
    {
      _aws: {
        Timestamp: expect.any(Number),
        CloudWatchMetrics: [
          directive([['stack', 'answer']], 'BrazeAnswers'),
          directive([['stack', 'kind']], 'AcceptedToDelivered'),
          directive([['stack'], ['stack', 'connection', 'kind']], 'RecordsDelivered', 'RecordsParked'),
          directive([['stack'], ['stack', 'kind']], 'BrazeRequests', 'BrazeObjects'),
          directive([['stack', 'code']], 'Parked'),
        ],
      },
      stack: 'local',
      answer: '2xx',
      kind: 'events',
      connection: 'default',
      code: 'EVENT_REFUSED',
      BrazeAnswers: 1,
      AcceptedToDelivered: expect.any(Number),
      RecordsDelivered: 1,
      RecordsParked: 1,
      BrazeRequests: 1,
      BrazeObjects: 1,
      Parked: 1,
    },
  ])
})

test('messages that go back, and a failed invocation, are counted', async () => {
  const write = vi.spyOn(console, 'log')
  bridge.simulator.script([{ do: 'answer', status: 401, times: 2 }])
  await handler(eventOf('events.fifo', [{ type: 'event', external_id: 'fixture-u1', name: 'Seen' }]), context)
  bridge.simulator.script([{ do: 'answer', status: 429 }])
  await handler(eventOf('events.fifo', [{ type: 'event', external_id: 'fixture-u1', name: 'Seen' }]), context)
  await expect(handler(eventOf('someone-elses.fifo', [{}]), context)).rejects.toThrow('see its log line')

  const lines = write.mock.calls.map(([text]) => JSON.parse(String(text))).filter((entry) => '_aws' in entry)
  const values = lines.map(({ _aws, stack, kind, ...values }) => values)
  expect(values).toEqual([
    {
      answer: '401',
      BrazeAnswers: 2,
      BrazeHolding: 1,
      MessagesReturned: 1,
      BrazeRequests: 2,
      BrazeObjects: 2,
    },
    {
      answer: '429',
      BrazeAnswers: 1,
      BrazeThrottled: 1,
      MessagesReturned: 1,
      BrazeRequests: 1,
      BrazeObjects: 1,
    },
    { InvocationsFailed: 1 },
  ])
})
