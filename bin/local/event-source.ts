import { setTimeout as pause } from 'node:timers/promises'
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSEvent, SQSRecord } from 'aws-lambda'
import * as z from 'zod'
import { MAX_BATCH_SIZE } from '../../functions/shared/limits.ts'
import type { LocalQueue } from './queues.ts'

/** The longest long poll that SQS allows, in seconds. */
const WAIT_SECONDS = 20

/** The pause after a failed receive. Receives fail only while everything is being stopped. */
const PAUSE_AFTER_ERROR_MS = 250

/** @returns the function's answer, unchecked. Rejects if the function throws or takes too long. */
export type InvokeWorker = (event: SQSEvent) => Promise<unknown>

type EventSource = {
  /** Stops receiving until it is enabled again. Running invocations continue, as in AWS. */
  disable: () => void
  enable: () => void
  /** Stops receiving and waits for the running invocations. */
  stop: () => Promise<void>
}

/**
 * Works for one queue as Lambda's event source does with `ReportBatchItemFailures`: it receives up to ten
 * messages, invokes the function, deletes the messages that the answer does not list as failures, and leaves
 * the others to their visibility timeout.
 * @param options.concurrency the number of batches at once, like `maximumConcurrency` in the stack.
 * @param options.enabled false to receive nothing until `enable` is called.
 * @param options.onSettled called after each batch.
 */
export function startEventSource(options: {
  sqs: SQSClient
  queue: LocalQueue
  region: string
  invoke: InvokeWorker
  concurrency: number
  enabled: boolean
  onSettled: () => void
  onError: (what: string) => void
}): EventSource {
  const { sqs, queue, region, invoke, concurrency, enabled, onSettled, onError } = options
  const stopping = new AbortController()
  const gate = openGate(stopping.signal, enabled)

  const receive = async (): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: MAX_BATCH_SIZE,
        WaitTimeSeconds: WAIT_SECONDS,
        MessageSystemAttributeNames: ['All'],
        MessageAttributeNames: ['All'],
      }),
      { abortSignal: gate.signal() },
    )
    return Messages
  }

  const deliver = async (batch: readonly Message[]) => {
    const settled = settledBy(await invoke(toSqsEvent(batch, queue, region)), batch)
    if (settled.length === 0) return
    const Entries = settled.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }))
    await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queue.url, Entries }))
  }

  const poll = async () => {
    while (!stopping.signal.aborted) {
      await gate.whenOpen()
      if (stopping.signal.aborted) return
      try {
        const batch = await receive()
        if (batch.length > 0) await deliver(batch)
      } catch (error) {
        if (stopping.signal.aborted) return
        // `disable` closes the gate, which aborts the running receive.
        if (error instanceof Error && error.name === 'AbortError') continue
        onError(error instanceof Error ? error.message : String(error))
        await pause(PAUSE_AFTER_ERROR_MS, undefined, { signal: stopping.signal }).catch(() => undefined)
      } finally {
        onSettled()
      }
    }
  }

  const pollers = Array.from({ length: concurrency }, poll)
  return {
    disable: gate.close,
    enable: gate.open,
    stop: async () => {
      stopping.abort()
      await Promise.all(pollers)
    },
  }
}

type Gate = {
  /** Closes the gate and aborts the signals that were handed out while it was open. */
  close: () => void
  open: () => void
  /** Aborts when the gate closes or when everything stops. */
  signal: () => AbortSignal
  /** Resolves when the gate is open, or when everything stops. */
  whenOpen: () => Promise<void>
}

/** Lets callers wait until receiving is allowed. */
export function openGate(stopping: AbortSignal, isOpen: boolean): Gate {
  let closing = new AbortController()
  let opening = Promise.withResolvers<void>()
  if (isOpen) opening.resolve()
  else closing.abort()
  stopping.addEventListener('abort', () => opening.resolve(), { once: true })
  return {
    close: () => {
      if (closing.signal.aborted) return
      opening = Promise.withResolvers<void>()
      if (stopping.aborted) opening.resolve()
      closing.abort()
    },
    open: () => {
      if (!closing.signal.aborted) return
      closing = new AbortController()
      opening.resolve()
    },
    signal: () => AbortSignal.any([stopping, closing.signal]),
    whenOpen: () => opening.promise,
  }
}

/** Turns received messages into the event that Lambda's SQS event source passes to a function. */
export function toSqsEvent(messages: readonly Message[], queue: LocalQueue, awsRegion: string): SQSEvent {
  return {
    Records: messages.map((message) => ({
      messageId: message.MessageId ?? '',
      receiptHandle: message.ReceiptHandle ?? '',
      body: message.Body ?? '',
      attributes: {
        ApproximateReceiveCount: '1',
        SentTimestamp: '0',
        SenderId: '',
        ApproximateFirstReceiveTimestamp: '0',
        ...message.Attributes,
      },
      messageAttributes: toMessageAttributes(message.MessageAttributes ?? {}),
      md5OfBody: message.MD5OfBody ?? '',
      eventSource: 'aws:sqs',
      eventSourceARN: queue.arn,
      awsRegion,
    })),
  }
}

function toMessageAttributes(
  attributes: Readonly<Record<string, MessageAttributeValue>>,
): SQSRecord['messageAttributes'] {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, { StringValue, BinaryValue, DataType = 'String' }]) => [
      name,
      {
        ...(StringValue !== undefined && { stringValue: StringValue }),
        ...(BinaryValue && { binaryValue: Buffer.from(BinaryValue).toString('base64') }),
        stringListValues: [],
        binaryListValues: [],
        dataType: DataType,
      },
    ]),
  )
}

/** Lambda accepts an empty answer, or an object whose list of failures may be missing. */
const BatchResponse = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullish()

/**
 * Selects the messages that can be deleted, by Lambda's rules for `ReportBatchItemFailures`. No answer and
 * an empty list mean all of them. A malformed list, or one with a message that was not in the batch, means
 * none.
 */
export function settledBy(answer: unknown, batch: readonly Message[]): Message[] {
  const parsed = BatchResponse.safeParse(answer)
  if (!parsed.success) return []
  const failed = new Set((parsed.data?.batchItemFailures ?? []).map(({ itemIdentifier }) => itemIdentifier))
  const inBatch = new Set(batch.map(({ MessageId }) => MessageId))
  if ([...failed].some((id) => !inBatch.has(id))) return []
  return batch.filter(({ MessageId }) => MessageId === undefined || !failed.has(MessageId))
}
