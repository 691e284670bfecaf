import type { Entry } from '../../bin/proof/sqs-queue.ts'

/** What both kinds of queue can be asked by one contract. */
export type QueueUnderTest = {
  /** @returns for each entry whether it was taken. */
  send: (entries: readonly Entry[]) => Promise<boolean[]>
  /** Hands out at most `max` messages, at once. */
  receive: (max: number) => Promise<ContractMessage[]>
  /** As `receive`, but waits for a hidden message to become visible if there is nothing to hand out. */
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

/** Makes fresh queues for one test. */
export type OpenQueues = (options?: {
  /** 1,000, SQS's maximum, unless set. */
  maxReceiveCount?: number
}) => Promise<{ queue: QueueUnderTest; deadLetters: QueueUnderTest }>

/** Far longer than any test takes. */
export const LONG_VISIBILITY_SECONDS = 600
