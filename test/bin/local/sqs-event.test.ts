import { expect, test } from 'vitest'
import { settledBy, toSqsEvent } from '../../../bin/local/event-source.ts'

const QUEUE = {
  name: 'events.fifo',
  url: 'http://127.0.0.1:1/0/events.fifo',
  arn: 'arn:aws:sqs:r:0:events.fifo',
}
const BATCH = [{ MessageId: 'm-1' }, { MessageId: 'm-2' }]

test('a message becomes a record as Lambda writes it', () => {
  const message = {
    MessageId: 'm-1',
    ReceiptHandle: 'handle-1',
    Body: '{"v":1}',
    MD5OfBody: 'md5-1',
    Attributes: {
      ApproximateReceiveCount: '3',
      SentTimestamp: '1767571200000',
      SenderId: '0',
      ApproximateFirstReceiveTimestamp: '1767571200001',
      MessageGroupId: 'lane-4',
      SequenceNumber: '00000000000000000007',
    },
    MessageAttributes: { code: { DataType: 'String', StringValue: 'SOME_CODE' } },
  }
  expect(toSqsEvent([message], QUEUE, 'us-east-1')).toEqual({
    Records: [
      {
        messageId: 'm-1',
        receiptHandle: 'handle-1',
        body: '{"v":1}',
        attributes: {
          ApproximateReceiveCount: '3',
          SentTimestamp: '1767571200000',
          SenderId: '0',
          ApproximateFirstReceiveTimestamp: '1767571200001',
          MessageGroupId: 'lane-4',
          SequenceNumber: '00000000000000000007',
        },
        messageAttributes: {
          code: { stringValue: 'SOME_CODE', stringListValues: [], binaryListValues: [], dataType: 'String' },
        },
        md5OfBody: 'md5-1',
        eventSource: 'aws:sqs',
        eventSourceARN: 'arn:aws:sqs:r:0:events.fifo',
        awsRegion: 'us-east-1',
      },
    ],
  })
})

test.each([
  ['no answer', undefined],
  ['null', null],
  ['an object without a list', {}],
  ['a list that is null', { batchItemFailures: null }],
  ['an empty list', { batchItemFailures: [] }],
])('%s settles the whole batch', (_, answer) => {
  expect(settledBy(answer, BATCH)).toEqual(BATCH)
})

test('a named message stays, the others are settled', () => {
  const answer = { batchItemFailures: [{ itemIdentifier: 'm-2' }] }
  expect(settledBy(answer, BATCH)).toEqual([{ MessageId: 'm-1' }])
})

test.each([
  ['an unknown id', { batchItemFailures: [{ itemIdentifier: 'm-9' }] }],
  [
    'a known id beside an unknown one',
    { batchItemFailures: [{ itemIdentifier: 'm-1' }, { itemIdentifier: 'm-9' }] },
  ],
  ['an empty id', { batchItemFailures: [{ itemIdentifier: '' }] }],
  ['an id that is null', { batchItemFailures: [{ itemIdentifier: null }] }],
  ['a wrong key', { batchItemFailures: [{ id: 'm-1' }] }],
  ['a text', 'done'],
])('%s settles nothing', (_, answer) => {
  expect(settledBy(answer, BATCH)).toEqual([])
})
