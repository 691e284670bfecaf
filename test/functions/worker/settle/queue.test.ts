import { createServer } from 'node:http'
import { text } from 'node:stream/consumers'
import { SQSClient } from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { listen } from '../../../../bin/local/listen.ts'
import type { ReceivedMessage } from '../../../../functions/worker/invocation.ts'
import { sqsQueue } from '../../../../functions/worker/settle/queue.edge.ts'

/** The real SDK calls SQS on loopback, which gives every batch the same answer. */
async function queueOn(status: number, answer: object) {
  const asked: object[] = []
  const server = createServer(async (request, response) => {
    asked.push(JSON.parse(await text(request)))
    response.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' }).end(JSON.stringify(answer))
  })
  const endpoint = await listen(server, 0)
  const credentials = { accessKeyId: 'fixture', secretAccessKey: 'fixture' }
  const sqs = new SQSClient({ endpoint, region: 'eu-central-1', credentials, maxAttempts: 1 })
  onTestFinished(() => {
    sqs.destroy()
    server.close()
  })
  const trouble: string[] = []
  const urls = { profiles: `${endpoint}/profiles`, events: `${endpoint}/events` }
  return { ...sqsQueue(sqs, urls, (code) => trouble.push(code), 60_000), asked, trouble }
}

const message = (name: string): ReceivedMessage => ({
  messageId: name,
  receiptHandle: `handle of ${name}`,
  queue: 'profiles',
  lane: '0',
  receives: 1,
  firstReceivedAt: 0,
  sentAt: 0,
  body: '',
})
const BATCH = [message('a'), message('b'), message('c')]
const hiddenFor = (seconds: number, messages: readonly ReceivedMessage[]) =>
  messages.map((message) => ({ message, seconds }))
const PARTIAL = {
  Successful: [{ Id: '0' }],
  Failed: [
    { Id: '1', Code: 'ReceiptHandleIsInvalid', SenderFault: true },
    { Id: '2', Code: 'InternalError', SenderFault: false },
  ],
}

test('every entry that SQS does not hide is returned, and its code reported', async () => {
  const { hide, asked, trouble } = await queueOn(200, PARTIAL)
  expect((await hide(hiddenFor(600, BATCH))).map(({ messageId }) => messageId)).toEqual(['b', 'c'])
  expect(trouble).toEqual(['ReceiptHandleIsInvalid', 'InternalError'])
  expect(asked).toMatchObject([
    { Entries: [{ Id: '0', ReceiptHandle: 'handle of a', VisibilityTimeout: 600 }, {}, {}] },
  ])
})

test('the code of every entry that SQS does not delete is reported', async () => {
  const { remove, trouble } = await queueOn(200, PARTIAL)
  expect((await remove(BATCH)).map(({ messageId }) => messageId)).toEqual(['b', 'c'])
  expect(trouble).toEqual(['ReceiptHandleIsInvalid', 'InternalError'])
})

test('a call that fails returns all messages and reports its error', async () => {
  const { hide, trouble } = await queueOn(403, { __type: 'AccessDeniedException', message: 'fixture' })
  expect(await hide(hiddenFor(600, BATCH))).toEqual(BATCH)
  expect(trouble).toEqual(['AccessDeniedException'])
})

test('messages are hidden in one call, each for its own time', async () => {
  const { hide, asked } = await queueOn(200, {})
  await hide(BATCH.map((message, n) => ({ message, seconds: 10 * n })))
  expect(asked).toMatchObject([
    { Entries: [{ VisibilityTimeout: 0 }, { VisibilityTimeout: 10 }, { VisibilityTimeout: 20 }] },
  ])
})

test('more than ten messages are hidden and deleted in several calls', async () => {
  const { hide, remove, asked } = await queueOn(200, { Failed: [{ Id: '2', Code: 'InternalError' }] })
  const many = Array.from({ length: 13 }, (_, n) => message(`m${n}`))
  expect((await hide(hiddenFor(1, many))).map(({ messageId }) => messageId)).toEqual(['m2', 'm12'])
  await remove(many)
  expect(
    asked.map((body) => 'Entries' in body && Array.isArray(body.Entries) && body.Entries.length),
  ).toEqual([10, 3, 10, 3])
})

test('an empty batch makes no call', async () => {
  const { hide, remove, asked } = await queueOn(200, PARTIAL)
  expect(await hide([])).toEqual([])
  await remove([])
  expect(asked).toEqual([])
})

const ANSWER = {
  Messages: [
    {
      MessageId: 'message-1',
      ReceiptHandle: 'handle-1',
      Body: '{}',
      MD5OfBody: '99914b932bd37a50b983c5e7c90ae93b',
      Attributes: {
        MessageGroupId: 'lane-3',
        ApproximateReceiveCount: '2',
        ApproximateFirstReceiveTimestamp: '1767571200000',
        SentTimestamp: '1767571100000',
      },
    },
  ],
}

test('messages are received as Lambda hands them out', async () => {
  const { receive, asked } = await queueOn(200, ANSWER)
  expect(await receive('events', 7)).toEqual([
    {
      messageId: 'message-1',
      receiptHandle: 'handle-1',
      queue: 'events',
      lane: 'lane-3',
      receives: 2,
      firstReceivedAt: 1_767_571_200_000,
      sentAt: 1_767_571_100_000,
      body: '{}',
    },
  ])
  await receive('events', 7)
  expect(asked[0]).toEqual({
    QueueUrl: expect.stringMatching(/\/events$/),
    MaxNumberOfMessages: 7,
    WaitTimeSeconds: 0,
    MessageSystemAttributeNames: [
      'MessageGroupId',
      'ApproximateReceiveCount',
      'ApproximateFirstReceiveTimestamp',
      'SentTimestamp',
    ],
    ReceiveRequestAttemptId: expect.stringMatching(/^[0-9a-f-]{36}$/),
  })
  // SQS would answer the same id with the same messages.
  const ids = asked.map((call) => 'ReceiveRequestAttemptId' in call && call.ReceiveRequestAttemptId)
  expect(new Set(ids).size).toBe(2)
})

test('an empty queue and a failed receive give nothing', async () => {
  const empty = await queueOn(200, {})
  expect(await empty.receive('events', 10)).toEqual([])
  expect(empty.trouble).toEqual([])
  const failing = await queueOn(403, { __type: 'AccessDeniedException', message: 'fixture' })
  expect(await failing.receive('events', 10)).toEqual([])
  expect(failing.trouble).toEqual(['AccessDeniedException'])
})
