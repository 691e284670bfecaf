import { Buffer } from 'node:buffer'
import { MAX_RECEIVE_COUNT } from '../../functions/shared/limits.ts'
import type { OutgoingMessage } from '../../functions/shared/queue.edge.ts'
import { createFifoQueue, type FifoOptions } from './fifo-queue.ts'
import type { Message } from './message-group.ts'

/** A message as it is sent, to whichever queue. */
export type Entry = Omit<OutgoingMessage, 'queueUrl' | 'unordered'>

/** A duplicate is taken too, under the id of the first, and changes nothing. `code` is SQS's. */
export type Sent = { taken: true; id: string; duplicate: boolean } | { taken: false; code: string }

export type QueuedMessage = Omit<Message<string>, 'body'> & {
  readonly id: string
  readonly dedupId: string
  readonly body: string
  readonly attributes: { readonly [name: string]: string }
}

/** The handle is good for this receive only. */
export type InFlightMessage = QueuedMessage & { readonly handle: string }

/** SQS's calls as plain functions: each is done when it returns. */
export type SqsQueue = {
  /**
   * SendMessageBatch.
   * @returns one outcome per entry, in their order.
   * @throws where SQS refuses the whole call: none or more than 10 entries, or more than 1 MiB.
   */
  send: (entries: readonly Entry[]) => Sent[]
  /** ReceiveMessage of at most `max` (1 to 10) messages. A group with a message in flight hands out nothing. */
  receive: (max: number) => InFlightMessage[]
  /** @returns false, and does nothing, when the message has become visible since that receive, or is gone. */
  delete: (handle: string) => boolean
  /**
   * Hides the message for this many seconds (0 to 43,200) from now.
   * @returns false, and does nothing, as `delete` does, or when it would be hidden for over 12 hours since its receive.
   */
  changeVisibility: (handle: string, seconds: number) => boolean
  /** As SQS counts: what waits behind a hidden message of its group is visible too. */
  counts: () => { visible: number; inFlight: number }
  /** All messages in the order they came, hidden or not. */
  list: () => QueuedMessage[]
  /** What vanished by age so far. */
  expired: () => QueuedMessage[]
  /** When the next hidden message becomes visible, in milliseconds since the epoch. */
  nextChangeAt: () => number | undefined
  /** Takes a message that another queue dead-letters: a new place, a new age, the id for its deduplication id. */
  admit: (message: QueuedMessage) => void
}

export type SqsOptions = Omit<FifoOptions<Payload>, 'onDeadLetter' | 'createBacklog'> & {
  deadLetters?: SqsQueue
  /** Message ids begin with it, so that those of two queues differ; `queue` unless set. */
  name?: string
}

/** `movedId` is the id that the message brought from another queue. */
type Payload = Pick<QueuedMessage, 'dedupId' | 'body' | 'attributes'> & { movedId?: string }

/** SQS's limits for one SendMessageBatch or ReceiveMessage, and for the bodies and attributes of one call in sum. */
const MAX_MESSAGES_PER_CALL = 10
const MAX_CALL_BYTES = 1_048_576

/** SQS's deduplication interval begins when the first message is accepted, however often it is repeated. */
const DEDUPLICATION_MS = 5 * 60_000

/** Letters, digits and ASCII punctuation, for groups and deduplication ids. */
const ID = /^[!-~]{1,128}$/

/** XML's characters: everything but most control characters, lone surrogates and two more. */
const BODY = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u

/** An SQS FIFO queue with `DeduplicationScope: messageGroup`. Calls fail only where SQS itself refuses them. */
export function createSqsQueue({ name = 'queue', deadLetters, ...options }: SqsOptions): SqsQueue {
  const queue = createFifoQueue<Payload>({
    ...options,
    ...(deadLetters && { onDeadLetter: (message) => deadLetters.admit(toQueued(message)) }),
  })
  const deduplication = createDeduplication(options.now)
  const receipts = new Map<string, Message<Payload>>()

  const idOf = (sequence: number) => `${name}-${sequence}`

  function toQueued({ body: { movedId, ...payload }, ...message }: Message<Payload>): QueuedMessage {
    return { ...message, id: movedId ?? idOf(message.sequence), ...payload }
  }

  function sendOne(entry: Entry): Sent {
    const code = refusalOf(entry)
    if (code) return { taken: false, code }
    const { group, dedupId, body, attributes = {} } = entry
    const original = deduplication.originalOf(group, dedupId)
    if (original) return { taken: true, id: original, duplicate: true }
    const id = idOf(queue.send({ group, body: { dedupId, body, attributes } }))
    deduplication.remember(group, dedupId, id)
    return { taken: true, id, duplicate: false }
  }

  function receipt(message: Message<Payload>): InFlightMessage {
    const queued = toQueued(message)
    const handleOf = (receive: number) => `${queued.id}/receive-${receive}`
    receipts.delete(handleOf(message.receives - 1))
    receipts.set(handleOf(message.receives), message)
    return { ...queued, handle: handleOf(message.receives) }
  }

  return {
    send: (entries) => {
      checkCall(entries)
      return entries.map(sendOne)
    },
    receive: (max) => {
      if (!(max >= 1 && max <= MAX_MESSAGES_PER_CALL))
        throw new RangeError(`nobody can receive ${max} messages`)
      return queue.receive(max).map(receipt)
    },
    delete: (handle) => {
      const message = receipts.get(handle)
      receipts.delete(handle)
      return message !== undefined && queue.remove(message)
    },
    changeVisibility: (handle, seconds) => {
      const message = receipts.get(handle)
      return message !== undefined && queue.hide(message, seconds)
    },
    counts: queue.counts,
    list: () => queue.list().map(toQueued),
    expired: () => queue.expired().map(toQueued),
    nextChangeAt: queue.nextChangeAt,
    admit: ({ id, group, body, attributes, receives }) =>
      void queue.send({ group, receives, body: { movedId: id, dedupId: id, body, attributes } }),
  }
}

/** A delivery queue with its dead-letter queue, as the stack makes them. */
export function createDeliveryQueue({
  name,
  ...options
}: Omit<SqsOptions, 'deadLetters'> & { name: string }) {
  const deadLetters = createSqsQueue({ ...options, name: `${name}-dlq` })
  const queue = createSqsQueue({ ...options, name, maxReceiveCount: MAX_RECEIVE_COUNT, deadLetters })
  return { queue, deadLetters }
}

/** What a queue remembers of the messages it accepted, also of those deleted since. Groups do not share ids. */
function createDeduplication(now: () => number) {
  /** By group and deduplication id, oldest first. */
  const accepted = new Map<string, { id: string; at: number }>()
  const keyOf = (group: string, dedupId: string) => JSON.stringify([group, dedupId])

  function forget(): void {
    for (const [key, { at }] of accepted) {
      if (at + DEDUPLICATION_MS > now()) return
      accepted.delete(key)
    }
  }

  return {
    /** @returns the id of the message that this one repeats. */
    originalOf: (group: string, dedupId: string): string | undefined => {
      forget()
      return accepted.get(keyOf(group, dedupId))?.id
    },
    remember: (group: string, dedupId: string, id: string): void => {
      accepted.set(keyOf(group, dedupId), { id, at: now() })
    },
  }
}

/** @throws where SQS refuses a SendMessageBatch as a whole. */
export function checkCall(entries: readonly Entry[]): void {
  if (entries.length === 0) throw new Error('EmptyBatchRequest')
  if (entries.length > MAX_MESSAGES_PER_CALL) throw new Error('TooManyEntriesInBatchRequest')
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0)
  if (bytes > MAX_CALL_BYTES) throw new Error('BatchRequestTooLong')
}

/** @returns the code with which SQS refuses this entry of a batch alone, if it does. */
function refusalOf({ group, dedupId, body }: Entry): string | undefined {
  if (!ID.test(group) || !ID.test(dedupId)) return 'InvalidParameterValue'
  if (!BODY.test(body)) return 'InvalidMessageContents'
  return undefined
}

/** An attribute counts with its name, its type, which is always String here, and its value. */
function bytesOf({ body, attributes = {} }: Entry): number {
  const parts = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value])
  return [body, ...parts].reduce((sum, part) => sum + Buffer.byteLength(part), 0)
}
