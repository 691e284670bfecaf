import { createDeduplication } from './deduplication.ts'
import { createFlights } from './flights.ts'
import { createLanes, type QueuedMessage } from './queue-lanes.ts'
import { checkCall, type Entry, MAX_MESSAGES_PER_CALL, refusalOf } from './queue-limits.ts'

export type QueueOptions = {
  /** Milliseconds since the epoch. */
  now: () => number
  /** How long a message that was handed out is hidden unless told otherwise, in milliseconds. */
  visibilityMs: number
  /** Messages vanish when they are so old; 14 days, SQS's maximum, unless set. In milliseconds. */
  retentionMs?: number
  /** A message that was handed out so often goes to `deadLetters` instead of being handed out again. */
  maxReceiveCount?: number
  deadLetters?: QueueModel
  /** Hand out several messages of a group in one call, as AWS does, or one of each, as the local emulator does. */
  severalPerGroup: boolean
  /**
   * From 0 up to 1. Chooses the groups of a call, and with `severalPerGroup` how many of each, both of which AWS leaves
   * open. Without it: the group with the oldest message first, and as many as there are.
   */
  random?: () => number
  /** Message ids begin with it, so that those of two queues differ; `queue` unless set. */
  name?: string
}

export type Sent =
  | { taken: true; id: string; /** Accepted without effect. */ duplicate: boolean }
  | { taken: false; /** SQS's error code. */ code: string }

export type ReceivedMessage = QueuedMessage & { /** Good for this receive only. */ handle: string }

/** An SQS FIFO queue in high-throughput mode. No call has an effect later than itself, and none waits. */
export type QueueModel = {
  /**
   * SendMessageBatch.
   * @returns one outcome per entry, in their order.
   * @throws where SQS refuses the whole call: none or more than 10 entries, or more than 1 MiB.
   */
  send: (entries: readonly Entry[]) => Sent[]
  /** ReceiveMessage of at most `max` (1 to 10) messages. A group of which something is hidden hands out nothing. */
  receive: (max: number) => ReceivedMessage[]
  /** @returns false, and does nothing, when the message became visible since that receive, or is gone. */
  delete: (handle: string) => boolean
  /**
   * Hides the message for so many seconds (0 to 43,200) from now.
   * @returns false, and does nothing, as `delete` does, or when it would be hidden over 12 hours since its receive.
   */
  changeVisibility: (handle: string, seconds: number) => boolean
  /** As SQS counts: what waits behind a hidden message of its group is visible too. */
  counts: () => { visible: number; inFlight: number }
  /** All messages in the order they came, hidden or not. */
  list: () => QueuedMessage[]
  /** What vanished by age so far, in the order it did. */
  expired: () => readonly QueuedMessage[]
  /** When the next hidden message becomes visible, in milliseconds since the epoch. */
  nextChangeAt: () => number | undefined
  /** Takes a message that another queue gives up: a new place, a new age, the id for its deduplication id. */
  admit: (message: QueuedMessage) => void
}

const FOURTEEN_DAYS_MS = 14 * 24 * 60 * 60 * 1000

export function createQueueModel(options: QueueOptions): QueueModel {
  const { now, visibilityMs, retentionMs = FOURTEEN_DAYS_MS, name = 'queue' } = options
  const lanes = createLanes()
  const flights = createFlights(now)
  const deduplication = createDeduplication(now)
  const expired: QueuedMessage[] = []
  let sequence = 0

  const append = (message: Omit<QueuedMessage, 'sentAt' | 'sequence'>) =>
    lanes.append({ ...message, sentAt: now(), sequence: ++sequence })

  function remove(message: QueuedMessage) {
    lanes.remove(message)
    flights.end(message)
  }

  function passTime() {
    for (const lane of lanes.byGroup()) {
      const old = lane.filter(({ sentAt }) => sentAt + retentionMs <= now())
      for (const message of old) remove(message)
      expired.push(...old)
    }
  }

  function send(entry: Entry): Sent {
    const code = refusalOf(entry)
    if (code) return { taken: false, code }
    const { group, dedupId, body, attributes = {} } = entry
    const original = deduplication.originalOf(group, dedupId)
    if (original) return { taken: true, id: original, duplicate: true }
    const id = `${name}-${sequence + 1}`
    append({ id, group, dedupId, body, attributes, receives: 0 })
    deduplication.remember(group, dedupId, id)
    return { taken: true, id, duplicate: false }
  }

  function handOut(message: QueuedMessage): ReceivedMessage {
    const handedOut = { ...message, receives: message.receives + 1 }
    lanes.replace(handedOut)
    return { ...handedOut, handle: flights.start(handedOut, visibilityMs) }
  }
}
