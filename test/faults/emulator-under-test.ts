import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SQSClient,
} from '@aws-sdk/client-sqs'
import * as z from 'zod'
import { newAwsCredentials } from '../../bin/local/aws-credentials.ts'
import { LOCAL_REGION, startQueues } from '../../bin/local/queues.ts'
import {
  type ContractMessage,
  LONG_VISIBILITY_SECONDS,
  type OpenQueues,
  type QueueUnderTest,
} from './queue-under-test.ts'

/** The longest long poll that SQS allows, in seconds. It ends as soon as a message is visible. */
const LONGEST_WAIT_SECONDS = 20

const ACCOUNT = '000000000000'

/** Starts the local SQS emulator for the contract tests, which call it over HTTP. */
export async function startEmulatorUnderTest(): Promise<{ open: OpenQueues; stop: () => Promise<void> }> {
  const dir = await mkdtemp(join(tmpdir(), 'bridge-test-'))
  const credentials = newAwsCredentials()
  const queues = await startQueues({ dir, credentials })
  const sqs = new SQSClient({ endpoint: queues.endpoint, region: LOCAL_REGION, credentials })
  let opened = 0

  async function create(QueueName: string, attributes: Record<string, string>): Promise<QueueUnderTest> {
    const Attributes = {
      FifoQueue: 'true',
      DeduplicationScope: 'messageGroup',
      FifoThroughputLimit: 'perMessageGroupId',
      VisibilityTimeout: String(LONG_VISIBILITY_SECONDS),
      ...attributes,
    }
    await sqs.send(new CreateQueueCommand({ QueueName, Attributes }))
    return toQueueUnderTest(sqs, `${queues.endpoint}/${ACCOUNT}/${QueueName}`)
  }

  return {
    open: async ({ maxReceiveCount = 1000, delaySeconds = 0 } = {}) => {
      const name = `contract-${++opened}`
      const deadLetters = await create(`${name}-dlq.fifo`, {})
      const deadLetterTargetArn = `arn:aws:sqs:${LOCAL_REGION}:${ACCOUNT}:${name}-dlq.fifo`
      const RedrivePolicy = JSON.stringify({ deadLetterTargetArn, maxReceiveCount })
      const attributes = { RedrivePolicy, DelaySeconds: String(delaySeconds) }
      return { queue: await create(`${name}.fifo`, attributes), deadLetters }
    },
    stop: async () => {
      sqs.destroy()
      await queues.stop()
      await rm(dir, { recursive: true })
    },
  }
}

function toQueueUnderTest(sqs: SQSClient, QueueUrl: string): QueueUnderTest {
  async function receive(MaxNumberOfMessages: number, WaitTimeSeconds: number): Promise<ContractMessage[]> {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages,
        WaitTimeSeconds,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
    )
    return Messages.map(toContractMessage)
  }
  return {
    send: async (entries) => {
      const Entries = entries.map(({ group, dedupId, body, attributes = {} }, index) => ({
        Id: String(index),
        MessageGroupId: group,
        MessageDeduplicationId: dedupId,
        MessageBody: body,
        MessageAttributes: Object.fromEntries(
          Object.entries(attributes).map(([name, StringValue]) => [
            name,
            { DataType: 'String', StringValue },
          ]),
        ),
      }))
      const { Successful = [] } = await sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }))
      return Entries.map(({ Id }) => Successful.some((taken) => taken.Id === Id))
    },
    receive: (max) => receive(max, 0),
    receiveNext: (max) => receive(max, LONGEST_WAIT_SECONDS),
    delete: async ({ handle }) => {
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: handle }))
    },
    hide: async ({ handle }, VisibilityTimeout) => {
      await sqs.send(
        new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle: handle, VisibilityTimeout }),
      )
    },
  }
}

const WireMessage = z.object({
  MessageId: z.string(),
  ReceiptHandle: z.string(),
  Body: z.string(),
  Attributes: z.object({ MessageGroupId: z.string(), ApproximateReceiveCount: z.coerce.number() }),
  MessageAttributes: z.record(z.string(), z.object({ StringValue: z.string() })).default({}),
})

function toContractMessage(message: Message): ContractMessage {
  const { MessageId, ReceiptHandle, Body, Attributes, MessageAttributes } = WireMessage.parse(message)
  return {
    id: MessageId,
    group: Attributes.MessageGroupId,
    body: Body,
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue]),
    ),
    receives: Attributes.ApproximateReceiveCount,
    handle: ReceiptHandle,
  }
}
