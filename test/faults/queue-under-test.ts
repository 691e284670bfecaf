import type { Entry } from '../../bin/proof/sqs-queue.ts'

/** The interface through which one contract tests both the model and the emulator. */
export type QueueUnderTest = {
  /** @returns whether the queue accepted the message, for each entry. */
  send: (entries: readonly Entry[]) => Promise<boolean[]>
  /** Returns at most `max` visible messages, without waiting. */
  receive: (max: number) => Promise<ContractMessage[]>
  /** Works like `receive`, but waits for a hidden message to become visible if none is visible. */
  receiveNext: (max: number) => Promise<ContractMessage[]>
  delete: (message: ContractMessage) => Promise<void>
  hide: (message: ContractMessage, seconds: number) => Promise<void>
}

export type ContractMessage = {
  id: string
  group: string
  body: string
  attributes: { readonly [name: string]: string }
  receives: number
  handle: string
}

/** Creates new queues for one test. */
export type OpenQueues = (options?: {
  /** The default is 1,000, the maximum of SQS. */
  maxReceiveCount?: number
  /** For how long a message is hidden after it was sent; 0 unless set. */
  delaySeconds?: number
}) => Promise<{ queue: QueueUnderTest; deadLetters: QueueUnderTest }>

/**
 * This is far longer than any test takes, so that a message becomes visible again only when a test says so.
 */
export const LONG_VISIBILITY_SECONDS = 600
