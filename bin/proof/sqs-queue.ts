import { Buffer } from 'node:buffer'
import { MAX_RECEIVE_COUNT } from '../../functions/shared/limits.ts'
import type { OutgoingMessage } from '../../functions/shared/queue.edge.ts'
import { createFifoQueue, type FifoOptions } from './fifo-queue.ts'
import type { GroupMessage, ReceivedGroupMessage } from './message-group.ts'

/** The duration of a call to SQS in the same region, in milliseconds. */
export const SQS_MS = 5

/** A message to send, without its queue. */
export type Entry = Omit<OutgoingMessage, 'queueUrl' | 'unordered'>

/**
 * SQS also accepts a duplicate, with the id of the first message, and it has no effect. `code` is SQS's error
 * code.
 */
export type SendResult = { taken: true; id: string; duplicate: boolean } | { taken: false; code: string }

export type QueuedMessage = Omit<GroupMessage<string>, 'body'> & {
  readonly id: string
  readonly dedupId: string
  readonly body: string
  readonly attributes: { readonly [name: string]: string }
}

/** The handle is valid only for this receive. */
export type InFlightMessage = QueuedMessage & { readonly handle: string; readonly firstReceivedAt: number }

/** SQS's API calls as synchronous functions. */
export type SqsQueue = {
  /**
   * SendMessageBatch.
   * @returns one outcome for each entry, in order.
   * @throws if SQS rejects the whole call: no entries, more than 10, or more than 1 MiB.
   */
  send: (entries: readonly Entry[]) => SendResult[]
  /** ReceiveMessage for at most `max` (1 to 10) messages. A group with a message in flight gives none. */
  receive: (max: number) => InFlightMessage[]
  /** @returns false, without effect, if the message is gone or has become visible since that receive. */
  delete: (handle: string) => boolean
  /**
   * Hides the message for this number of seconds (0 to 43,200) from now.
   * @returns false, without effect, in the same cases as `delete`, or if the message would then be hidden for
   * more than 12 hours since its receive.
   */
  changeVisibility: (handle: string, seconds: number) => boolean
  /** Whether `receive` would look at a message. */
  isReady: () => boolean
  /** The number of messages, hidden or not. */
  size: () => number
  /** When the oldest message was sent; undefined if there is none. */
  oldestSentAt: () => number | undefined
  /** Counts as SQS does: messages behind a hidden message of their group count as visible, delayed ones do not. */
  counts: () => { visible: number; inFlight: number }
  /** All messages in the order in which they were sent, hidden or not. */
  list: () => QueuedMessage[]
  /** The messages that have expired so far. */
  expired: () => QueuedMessage[]
  /**
   * When the next hidden message becomes visible, in milliseconds since the epoch; undefined if none is
   * hidden.
   */
  nextChangeAt: () => number | undefined
  /**
   * Accepts a message that another queue dead-letters. It gets a new position, its age starts again, and its
   * message id becomes its deduplication id.
   */
  admit: (message: QueuedMessage) => void
}

export type SqsOptions = Omit<FifoOptions<Payload>, 'onDeadLetter' | 'createBacklog'> & {
  deadLetters?: SqsQueue
  /** The prefix of message ids, so that the ids of two queues differ; `queue` unless set. */
  name?: string
}

/** `movedId` is the id that the message brought from another queue. */
type Payload = Pick<QueuedMessage, 'dedupId' | 'body' | 'attributes'> & { movedId?: string }

/**
 * SQS's limits for one SendMessageBatch or ReceiveMessage, and for the total bodies and attributes of one
 * call.
 */
const MAX_MESSAGES_PER_CALL = 10
const MAX_CALL_BYTES = 1_048_576

/** SQS's deduplication interval starts when the first message is accepted. Repeats do not extend it. */
const DEDUPLICATION_MS = 5 * 60_000

/** Group ids and deduplication ids consist of ASCII letters, digits and punctuation. */
const ID = /^[!-~]{1,128}$/

/** A body may contain XML's characters: all but most control characters, lone surrogates and two others. */
const BODY = /^[\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]+$/u

/**
 * Creates an SQS FIFO queue with `DeduplicationScope: messageGroup`. Calls fail only if SQS itself rejects
 * them.
 */
export function createSqsQueue({ name = 'queue', deadLetters, ...options }: SqsOptions): SqsQueue {
  const queue = createFifoQueue<Payload>({
    ...options,
    ...(deadLetters && { onDeadLetter: (message) => deadLetters.admit(toQueued(message)) }),
  })
  const deduplication = createDeduplication(options.now)
  const receipts = new Map<string, GroupMessage<Payload>>()

  const idOf = (sequence: number) => `${name}-${sequence}`

  function toQueued({ body: { movedId, ...payload }, ...message }: GroupMessage<Payload>): QueuedMessage {
    return { ...message, id: movedId ?? idOf(message.sequence), ...payload }
  }

  function sendOne(entry: Entry): SendResult {
    const code = refusalOf(entry)
    if (code) return { taken: false, code }
    const { group, dedupId, body, attributes = {} } = entry
    const original = deduplication.originalOf(group, dedupId)
    if (original) return { taken: true, id: original, duplicate: true }
    const id = idOf(queue.send({ group, body: { dedupId, body, attributes } }))
    deduplication.remember(group, dedupId, id)
    return { taken: true, id, duplicate: false }
  }

  function receipt(message: ReceivedGroupMessage<Payload>): InFlightMessage {
    const { firstReceivedAt } = message
    const queued = toQueued(message)
    const handleOf = (receive: number) => `${queued.id}/receive-${receive}`
    receipts.delete(handleOf(message.receives - 1))
    receipts.set(handleOf(message.receives), message)
    return { ...queued, firstReceivedAt, handle: handleOf(message.receives) }
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
    isReady: queue.isReady,
    size: queue.size,
    oldestSentAt: queue.oldestSentAt,
    counts: queue.counts,
    list: () => queue.list().map(toQueued),
    expired: () => queue.expired().map(toQueued),
    nextChangeAt: queue.nextChangeAt,
    admit: ({ id, group, body, attributes, receives }) =>
      void queue.send({ group, receives, body: { movedId: id, dedupId: id, body, attributes } }),
  }
}

/** Creates a delivery queue and its dead-letter queue, as in the stack. Only the former delays messages. */
export function createDeliveryQueue({
  name,
  delayMs = 0,
  ...options
}: Omit<SqsOptions, 'deadLetters'> & { name: string }) {
  const deadLetters = createSqsQueue({ ...options, name: `${name}-dlq` })
  const queue = createSqsQueue({ ...options, name, delayMs, maxReceiveCount: MAX_RECEIVE_COUNT, deadLetters })
  return { queue, deadLetters }
}

/**
 * Remembers accepted messages, even deleted ones, for the deduplication interval. Each group has its own ids.
 */
function createDeduplication(now: () => number) {
  /** Keyed by group and deduplication id, oldest first. */
  const accepted = new Map<string, { id: string; at: number }>()
  const keyOf = (group: string, dedupId: string) => JSON.stringify([group, dedupId])

  function forget(): void {
    for (const [key, { at }] of accepted) {
      if (at + DEDUPLICATION_MS > now()) return
      accepted.delete(key)
    }
  }

  return {
    /** @returns the id of the message that this one repeats, if any. */
    originalOf: (group: string, dedupId: string): string | undefined => {
      forget()
      return accepted.get(keyOf(group, dedupId))?.id
    },
    remember: (group: string, dedupId: string, id: string): void => {
      accepted.set(keyOf(group, dedupId), { id, at: now() })
    },
  }
}

/** @throws if SQS rejects a SendMessageBatch as a whole. */
export function checkCall(entries: readonly Entry[]): void {
  if (entries.length === 0) throw new Error('EmptyBatchRequest')
  if (entries.length > MAX_MESSAGES_PER_CALL) throw new Error('TooManyEntriesInBatchRequest')
  const bytes = entries.reduce((sum, entry) => sum + bytesOf(entry), 0)
  if (bytes > MAX_CALL_BYTES) throw new Error('BatchRequestTooLong')
}

/** @returns SQS's error code for this entry of a batch, if SQS rejects it. */
function refusalOf({ group, dedupId, body }: Entry): string | undefined {
  if (!ID.test(group) || !ID.test(dedupId)) return 'InvalidParameterValue'
  if (!BODY.test(body)) return 'InvalidMessageContents'
  return undefined
}

/** SQS counts an attribute's name, type and value. The type is always String here. */
function bytesOf({ body, attributes = {} }: Entry): number {
  const parts = Object.entries(attributes).flatMap(([name, value]) => [name, 'String', value])
  return [body, ...parts].reduce((sum, part) => sum + Buffer.byteLength(part), 0)
}
