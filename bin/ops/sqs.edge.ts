import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import { MAX_BATCH_ENTRIES } from '../../functions/shared/queue.edge.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { CapturesDeps, ReceivedCapture } from './captures/captures.ts'
import type { QueueAttributes } from './check/queue-attributes.ts'
import type { ReceivedDeadLetter } from './redrive/dead-letter.ts'
import type { RedriveDeps } from './redrive/redrive.ts'

/** Visibility batches in flight at once. */
const AT_ONCE = 8

type DeadLetterQueue = Pick<RedriveDeps, 'receive' | 'hide' | 'remove' | 'count'>

/**
 * Lists, hides and removes dead letters in the dead-letter queues.
 * @param waitSeconds how long a receive waits for a message before a queue counts as empty.
 */
export function sqsDeadLetters(
  sqs: SQSClient,
  queueUrls: Readonly<Record<QueueName, string>>,
  waitSeconds: number,
): DeadLetterQueue {
  return {
    receive: async (queue, seconds) => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl: queueUrls[queue],
          MaxNumberOfMessages: MAX_BATCH_ENTRIES,
          WaitTimeSeconds: waitSeconds,
          VisibilityTimeout: seconds,
          MessageSystemAttributeNames: ['SentTimestamp', 'MessageGroupId', 'MessageDeduplicationId'],
          MessageAttributeNames: ['All'],
        }),
      )
      return Messages.map((message) => handed(queue, message))
    },
    hide: async (letters, seconds) => {
      const [first] = letters
      return first ? hide(sqs, queueUrls[first.queue], letters, seconds) : []
    },
    count: async (queues) => {
      const counts = await Promise.all(queues.map((queue) => count(sqs, queueUrls[queue])))
      return {
        visible: counts.reduce((sum, { visible }) => sum + visible, 0),
        hidden: counts.reduce((sum, { hidden }) => sum + hidden, 0),
      }
    },
    remove: async ({ queue, handle }) => {
      try {
        await sqs.send(new DeleteMessageCommand({ QueueUrl: queueUrls[queue], ReceiptHandle: handle }))
        return true
      } catch {
        return false
      }
    },
  }
}

/**
 * Lists and releases captures in their queue.
 * @param waitSeconds how long a receive waits for a message before the queue counts as empty.
 */
export function sqsCaptures(
  sqs: SQSClient,
  QueueUrl: string,
  waitSeconds: number,
): Pick<CapturesDeps, 'receive' | 'hide' | 'countHidden'> {
  return {
    receive: async (VisibilityTimeout) => {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({
          QueueUrl,
          MaxNumberOfMessages: MAX_BATCH_ENTRIES,
          WaitTimeSeconds: waitSeconds,
          VisibilityTimeout,
          MessageSystemAttributeNames: ['SentTimestamp'],
        }),
      )
      return Messages.map(
        ({ MessageId = '', ReceiptHandle = '', Body = '', Attributes }): ReceivedCapture => ({
          messageId: MessageId,
          handle: ReceiptHandle,
          sentAt: Number(Attributes?.SentTimestamp ?? 0),
          body: Body,
        }),
      )
    },
    hide: (captures, seconds) => hide(sqs, QueueUrl, captures, seconds),
    countHidden: async () => (await count(sqs, QueueUrl)).hidden,
  }
}

/** Reads all attributes of a queue. */
export const sqsAttributes =
  (sqs: SQSClient) =>
  async (QueueUrl: string): Promise<QueueAttributes> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['All'] }),
    )
    return Attributes
  }

type InFlight = { handle: string }

/** Hides messages of one queue for `seconds` from now. @returns those that SQS did not hide. */
async function hide<T extends InFlight>(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly T[],
  seconds: number,
): Promise<T[]> {
  const batches = Array.from({ length: Math.ceil(messages.length / MAX_BATCH_ENTRIES) }, (_, n) =>
    messages.slice(n * MAX_BATCH_ENTRIES, (n + 1) * MAX_BATCH_ENTRIES),
  )
  const failed: T[] = []
  const worker = async () => {
    for (let batch = batches.pop(); batch; batch = batches.pop())
      failed.push(...(await hideBatch(sqs, queueUrl, batch, seconds)))
  }
  await Promise.all(Array.from({ length: AT_ONCE }, worker))
  return failed
}

async function hideBatch<T extends InFlight>(
  sqs: SQSClient,
  QueueUrl: string,
  letters: readonly T[],
  VisibilityTimeout: number,
): Promise<readonly T[]> {
  const Entries = letters.map(({ handle }, index) => ({
    Id: String(index),
    ReceiptHandle: handle,
    VisibilityTimeout,
  }))
  try {
    const { Successful = [] } = await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl, Entries }))
    const hidden = new Set(Successful.map(({ Id }) => Id))
    return letters.filter((_, index) => !hidden.has(String(index)))
  } catch {
    return letters
  }
}

async function count(sqs: SQSClient, QueueUrl: string): Promise<{ visible: number; hidden: number }> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl,
      AttributeNames: ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'],
    }),
  )
  return {
    visible: Number(Attributes.ApproximateNumberOfMessages ?? 0),
    hidden: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  }
}

function handed(
  queue: QueueName,
  { MessageId, ReceiptHandle, Body, Attributes, MessageAttributes = {} }: Message,
): ReceivedDeadLetter {
  const { MessageGroupId, MessageDeduplicationId, SentTimestamp } = Attributes ?? {}
  const messageId = MessageId ?? ''
  return {
    queue,
    messageId,
    handle: ReceiptHandle ?? '',
    group: MessageGroupId ?? '',
    dedupId: MessageDeduplicationId ?? messageId,
    sentAt: Number(SentTimestamp ?? 0),
    attributes: Object.fromEntries(
      Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, StringValue ?? '']),
    ),
    body: Body ?? '',
  }
}
