import type { ParkReason } from '../../shared/dead-letter.ts'
import type { Halt, Invocation, ReceivedMessage } from '../invocation.ts'
import { outcomeOf, record } from '../ledger.ts'
import type { PendingRecord } from '../map/map.ts'
import type { BrazeSession } from './ask.ts'
import type { BatchItem } from './batch.ts'

/** An object that Braze does not accept, and why. If it was merged, one of its records is the culprit. */
export type Rejected = { item: BatchItem; reason: ParkReason }

export type Suspicion = {
  /** The value of `accepted` when a request with the record first failed or was rejected. */
  since: number
  /** How often a request with the record failed, and how often the record was alone in it. */
  failures: number
  failuresAlone: number
}

/**
 * In milliseconds. A failure that takes longer than this is slow: a search with one such request for each
 * halving would not end within an invocation.
 */
export const SLOW_FAILURE_MS = 2_000

/** The state of one delivery, which its steps share. */
export type Sending = {
  readonly invocation: Invocation
  readonly ask: BrazeSession['ask']
  /** Set once. From then on, everything unsent goes back. */
  halt: Halt | undefined
  readonly backedOff: Map<string, number | undefined>
  readonly deliveredAt: Map<string, number>
  /** How many requests Braze has accepted at least in part. */
  accepted: number
  /** Whether a failed request has taken long. Then objects are split into many parts at once. */
  isSlow: boolean
  /** What requests with a record say against it. It stays with the record when a merged object is split. */
  readonly suspicions: Map<PendingRecord, Suspicion>
  /** Records that Braze accepted only without some of their fields, by the record as it was mapped. */
  readonly trimmed: Map<PendingRecord, PendingRecord>
}

export const startSending = (invocation: Invocation, { ask }: BrazeSession): Sending => ({
  invocation,
  ask,
  halt: undefined,
  backedOff: new Map(),
  deliveredAt: new Map(),
  accepted: 0,
  isSlow: false,
  suspicions: new Map(),
  trimmed: new Map(),
})

/** From this receive on, a request that fails is searched for an object that is the reason. */
export const RECEIVES_BEFORE_SEARCH = 5

export const isReceivedOften = ({ invocation: { received } }: Sending, items: readonly BatchItem[]) =>
  items.some(({ records }) =>
    records.some(({ messageId }) => (received.get(messageId)?.receives ?? 0) >= RECEIVES_BEFORE_SEARCH),
  )

/** Returns the messages whose records the object was made from. */
export const messagesOf = ({ invocation }: Sending, { records }: BatchItem): ReceivedMessage[] =>
  records.flatMap(({ messageId }) => invocation.received.get(messageId) ?? [])

export const isSafe = ({ records }: BatchItem) => records.every(({ mapped }) => mapped.safe)

/** Whether each record that the object was made from has an outcome. */
export const isDecided = ({ invocation }: Sending, { records }: Pick<BatchItem, 'records'>) =>
  records.every((pendingRecord) => outcomeOf(invocation.deps.ledger, pendingRecord))

/** Records that Braze accepted these objects, and the fields that were withheld from them. */
export function recordDelivered({ invocation, deliveredAt }: Sending, items: readonly BatchItem[]): void {
  const now = invocation.deps.now()
  for (const { messageId, index, mapped } of items.flatMap(({ records }) => records)) {
    record(invocation.deps.ledger, { messageId, index }, mapped.withheld ?? 'delivered')
    deliveredAt.set(messageId, now)
  }
}

export function recordRejected({ invocation }: Sending, { item, reason }: Rejected): void {
  for (const pendingRecord of item.records) record(invocation.deps.ledger, pendingRecord, reason)
}
