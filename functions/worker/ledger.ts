import type { ParkReason } from '../shared/dead-letter.ts'

/**
 * What became of a record. It is a park reason while the record, or some of its fields, is rejected but not
 * parked yet.
 */
export type RecordOutcome = 'delivered' | 'delivered in part' | 'parked' | ParkReason

/** Whether Braze has the record, at least without the fields that it does not accept. */
export const isDelivered = (outcome: RecordOutcome | undefined) =>
  outcome === 'delivered' ||
  outcome === 'delivered in part' ||
  (typeof outcome === 'object' && outcome.fields !== undefined)

/**
 * What became of each record of the messages that are not settled yet, by message id and the record's index.
 * The ledger outlives an invocation for as long as its execution environment lives. When a search for a
 * culprit or a parking is cut off, delivered events are therefore not sent again, and a known culprit is not
 * searched for again. SQS cannot keep this with a message, so another environment starts that message from
 * the beginning.
 */
export type Ledger = Map<string, Map<number, RecordOutcome>>

/** Identifies a record by its message and its position there, from 0. */
type RecordKey = { messageId: string; index: number }

/** The ledger needs a limit because messages that another environment finished never come back here. */
const MAX_MESSAGES = 1_000

export const outcomeOf = (ledger: Ledger, { messageId, index }: RecordKey) =>
  ledger.get(messageId)?.get(index)

export function record(ledger: Ledger, { messageId, index }: RecordKey, outcome: RecordOutcome): void {
  const ofMessage = ledger.get(messageId) ?? new Map<number, RecordOutcome>()
  ofMessage.set(index, outcome)
  ledger.set(messageId, ofMessage)
}

export function forget(ledger: Ledger, { messageId, index }: RecordKey): void {
  ledger.get(messageId)?.delete(index)
}

/** Whether at least one record of the message is delivered. */
export const isPartlyDelivered = (ledger: Ledger, messageId: string) =>
  ledger.get(messageId)?.values().some(isDelivered) ?? false

/** Whether each record is delivered, parked or rejected, so that nothing of the message is left to send. */
export const isComplete = (ledger: Ledger, { messageId, size }: { messageId: string; size: number }) =>
  ledger.get(messageId)?.size === size

/** Whether each record is delivered or parked, so that nothing of the message is left to do. */
export const isSettled = (ledger: Ledger, message: { messageId: string; size: number }) =>
  isComplete(ledger, message) &&
  [...(ledger.get(message.messageId)?.values() ?? [])].every((outcome) => typeof outcome === 'string')

/** Drops the oldest messages, so that the ledger does not grow without limit. */
export function trim(byMessage: Map<string, unknown>): void {
  for (const messageId of byMessage.keys()) {
    if (byMessage.size <= MAX_MESSAGES) return
    byMessage.delete(messageId)
  }
}
