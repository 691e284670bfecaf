import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import { expect, onTestFinished, test } from 'vitest'
import { newAwsCredentials } from '../../../bin/local/aws-credentials.ts'
import { type LocalQueue, type LocalQueues, startQueues } from '../../../bin/local/queues.ts'
import { tempDir } from './temp-dir.ts'

const CREDENTIALS = newAwsCredentials()

const open = (options: { dir: string; profilesDelaySeconds?: number }) =>
  startQueues({ ...options, credentials: CREDENTIALS })

const clientOf = ({ endpoint }: LocalQueues) => {
  const sqs = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: CREDENTIALS,
  })
  onTestFinished(() => sqs.destroy())
  return sqs
}

const send = (sqs: SQSClient, { url }: LocalQueue, group: string, body: string) =>
  sqs.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageGroupId: group,
      MessageDeduplicationId: body,
      MessageBody: body,
    }),
  )

const receive = async (sqs: SQSClient, { url }: LocalQueue) => {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: 10,
      MessageSystemAttributeNames: ['ApproximateReceiveCount'],
    }),
  )
  return Messages
}

test('the queues are those of the stack', async () => {
  const queues = await open({ dir: tempDir() })
  onTestFinished(queues.stop)
  const { Attributes } = await clientOf(queues).send(
    new GetQueueAttributesCommand({ QueueUrl: queues.events.url, AttributeNames: ['All'] }),
  )
  expect(Attributes).toMatchObject({
    QueueArn: 'arn:aws:sqs:us-east-1:000000000000:events.fifo',
    FifoQueue: 'true',
    DeduplicationScope: 'messageGroup',
    FifoThroughputLimit: 'perMessageGroupId',
    RedrivePolicy:
      '{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:events-dlq.fifo","maxReceiveCount":1000}',
  })
  expect(queues.endpoint).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
})

test('the queue of profile changes delays its messages as the stage says, and lists them meanwhile', async () => {
  const queues = await open({ dir: tempDir(), profilesDelaySeconds: 30 })
  onTestFinished(queues.stop)
  const sqs = clientOf(queues)
  await send(sqs, queues.profiles, 'a', 'profile')
  await send(sqs, queues.events, 'a', 'event')
  expect(await receive(sqs, queues.profiles)).toEqual([])
  expect(await receive(sqs, queues.events)).toMatchObject([{ Body: 'event' }])
  expect(queues.list(queues.profiles)).toMatchObject([{ body: 'profile', group: 'a' }])
  expect(queues.groups(queues.profiles)).toMatchObject([{ group: 'a', waiting: 1, inFlight: 0 }])
})

test('messages outlive a stop in their order, and what was in flight is visible again', async () => {
  const dir = tempDir()
  const before = await open({ dir })
  const sqs = clientOf(before)
  for (const body of ['one', 'two', 'three']) await send(sqs, before.profiles, 'lane-1', body)
  const [first] = await receive(sqs, before.profiles)
  await sqs.send(
    new ChangeMessageVisibilityCommand({
      QueueUrl: before.profiles.url,
      ReceiptHandle: first?.ReceiptHandle,
      VisibilityTimeout: 40_000,
    }),
  )
  await before.stop()

  const after = await open({ dir })
  onTestFinished(after.stop)
  expect(after.list(after.profiles).map(({ body }) => body)).toEqual(['one', 'two', 'three'])
  expect(await receive(clientOf(after), after.profiles)).toMatchObject([
    { Body: 'one', Attributes: { ApproximateReceiveCount: '2' } },
  ])
})

test('listing shows what is in flight too, and receives nothing', async () => {
  const queues = await open({ dir: tempDir() })
  onTestFinished(queues.stop)
  const sqs = clientOf(queues)
  await send(sqs, queues.eventsDlq, 'letter-1', 'in flight')
  await receive(sqs, queues.eventsDlq)
  await send(sqs, queues.eventsDlq, 'letter-2', 'ready')
  expect(queues.list(queues.eventsDlq).map(({ body }) => body)).toEqual(['in flight', 'ready'])
  expect(await receive(sqs, queues.eventsDlq)).toMatchObject([
    { Body: 'ready', Attributes: { ApproximateReceiveCount: '1' } },
  ])
})

test('a file without tables, which a kill can leave behind, is filled', async () => {
  const dir = tempDir()
  writeFileSync(join(dir, 'fauxqs.db'), '')
  const queues = await open({ dir })
  onTestFinished(queues.stop)
  await send(clientOf(queues), queues.profiles, 'lane-1', 'one')
  expect(queues.list(queues.profiles).map(({ body }) => body)).toEqual(['one'])
})
