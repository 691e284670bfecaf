import type { QueuedMessage } from './queue-lanes.ts'
import type { Entry } from './queue-limits.ts'

/** A duplicate is taken too, under the id of the first, and changes nothing. `code` is SQS's. */
export type Sent = { taken: true; id: string; duplicate: boolean } | { taken: false; code: string }

/** The handle is good for this receive only. */
export type ReceivedMessage = QueuedMessage & { readonly handle: string }

/** SQS's calls as plain functions: each is done when it returns. */
export type FifoQueue = {
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
  /** What vanished by age so far. */
  expired: () => readonly QueuedMessage[]
  /** When the next hidden message becomes visible, in milliseconds since the epoch. */
  nextChangeAt: () => number | undefined
  /** Takes a message that another queue gives up: a new place, a new age, the id for its deduplication id. */
  admit: (message: QueuedMessage) => void
}
