import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  type SQSClient,
} from '@aws-sdk/client-sqs'
import type { SQSEvent } from 'aws-lambda'
import { BATCH_SIZE } from '../../functions/shared/limits.ts'
import { openGate } from './gate.ts'
import type { LocalQueue } from './queues.ts'
import { settledBy, toSqsEvent } from './sqs-event.ts'

/** SQS's longest long poll, in seconds. */
const WAIT_SECONDS = 20

/** After a receive that failed, which only happens while everything is being stopped. */
const PAUSE_AFTER_ERROR_MS = 250

/** @returns the function's answer, whatever it is. Rejects where the function threw or took too long. */
export type InvokeWorker = (event: SQSEvent) => Promise<unknown>

export type EventSource = {
  /** Receives nothing more until it is enabled again. What is under way goes on, as in AWS. */
  disable: () => void
  enable: () => void
  /** Stops receiving, and waits for the invocations that run. */
  stop: () => Promise<void>
}

/**
 * Does for one queue what Lambda's event source does with `ReportBatchItemFailures`: receives up to ten messages,
 * invokes the function, deletes what the answer lets go, and leaves the rest to their visibility time-out.
 * @param concurrency how many batches are under way at once, as `maximumConcurrency` says in the stack.
 * @param enabled false to receive nothing until it is enabled.
 * @param onSettled called after each batch.
 */
export function startEventSource(options: {
  sqs: SQSClient
  queue: LocalQueue
  region: string
  invoke: InvokeWorker
  concurrency: number
  enabled: boolean
  onSettled: () => void
  onTrouble: (what: string) => void
}): EventSource {
  const { sqs, queue, region, invoke, concurrency, enabled, onSettled, onTrouble: onError } = options
  const stopping = new AbortController()
  const gate = openGate(stopping.signal, enabled)

  const receive = async (): Promise<Message[]> => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl: queue.url,
        MaxNumberOfMessages: BATCH_SIZE,
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
        // Closing the gate ends a receive.
        if (error instanceof Error && error.name === 'AbortError') continue
        onError(error instanceof Error ? error.message : String(error))
        await pauseUnless(stopping.signal, PAUSE_AFTER_ERROR_MS)
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

function pauseUnless(signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
