import { createHash } from 'node:crypto'
import { SQSClient } from '@aws-sdk/client-sqs'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type OutgoingMessage, sqsSendBatch } from '../../../functions/shared/queue.edge.ts'
import { type AwsRequest, jsonOnLoopback } from './json-on-loopback.ts'

const message = (body: string): OutgoingMessage => ({
  queueUrl: 'http://127.0.0.1/000000000000/profiles.fifo',
  group: 'lane-3',
  dedupId: `dedup-${body}`,
  body,
})
const A = message('a')
const B: OutgoingMessage = { ...message('b'), attributes: { code: 'OP_UNKNOWN' } }

const taken = (Id: string, body: string) => ({
  Id,
  MessageId: `message-${Id}`,
  MD5OfMessageBody: createHash('md5').update(body).digest('hex'),
})

let requests: AwsRequest[] = []
let answer: { status: number; json: object }
let sqs: Awaited<ReturnType<typeof jsonOnLoopback>>
let errorCodes: string[] = []

beforeEach(async () => {
  requests = []
  errorCodes = []
  sqs = await jsonOnLoopback((call) => {
    requests.push(call)
    return answer
  })
})
afterEach(() => sqs.close())

const send = (batch: OutgoingMessage[]) =>
  sqsSendBatch(new SQSClient(sqs.client), (code) => errorCodes.push(code))(batch)

describe('sqsSendBatch', () => {
  it('sends one SendMessageBatch', async () => {
    answer = { status: 200, json: { Successful: [taken('0', 'a'), taken('1', 'b')], Failed: [] } }
    expect(await send([A, B])).toEqual([])
    expect(requests).toEqual([
      {
        target: 'AmazonSQS.SendMessageBatch',
        body: {
          QueueUrl: 'http://127.0.0.1/000000000000/profiles.fifo',
          Entries: [
            {
              Id: '0',
              MessageGroupId: 'lane-3',
              MessageDeduplicationId: 'dedup-a',
              MessageBody: 'a',
              MessageAttributes: {},
            },
            {
              Id: '1',
              MessageGroupId: 'lane-3',
              MessageDeduplicationId: 'dedup-b',
              MessageBody: 'b',
              MessageAttributes: { code: { DataType: 'String', StringValue: 'OP_UNKNOWN' } },
            },
          ],
        },
      },
    ])
  })

  it('sends no group and no deduplication id to a queue that keeps no order', async () => {
    answer = { status: 200, json: { Successful: [taken('0', 'a')], Failed: [] } }
    expect(await send([{ ...A, unordered: true }])).toEqual([])
    expect(requests[0]?.body).toEqual({
      QueueUrl: 'http://127.0.0.1/000000000000/profiles.fifo',
      Entries: [{ Id: '0', MessageBody: 'a', MessageAttributes: {} }],
    })
  })

  it('returns the messages that the answer names as failed', async () => {
    answer = {
      status: 200,
      json: {
        Successful: [taken('1', 'b')],
        Failed: [{ Id: '0', Code: 'InternalError', SenderFault: false }],
      },
    }
    expect(await send([A, B])).toEqual([A])
    expect(errorCodes).toEqual(['InternalError'])
  })

  it('returns those that the answer does not name at all', async () => {
    answer = { status: 200, json: { Successful: [taken('0', 'a')] } }
    expect(await send([A, B])).toEqual([B])
  })

  it.each([
    [500, 'InternalFailure'],
    [400, 'QueueDoesNotExist'],
  ])('returns all of them after a %i', async (status, type) => {
    answer = { status, json: { __type: `com.amazonaws.sqs#${type}`, message: 'fixture-message' } }
    expect(await send([A, B])).toEqual([A, B])
    expect(errorCodes).toEqual([type])
  })

  it('returns all of them when nobody answers', async () => {
    await sqs.close()
    expect(await send([A, B])).toEqual([A, B])
    expect(errorCodes).toHaveLength(1)
  })

  it('asks nothing for nothing', async () => {
    expect(await send([])).toEqual([])
    expect(requests).toEqual([])
  })
})
