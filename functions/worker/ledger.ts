import type { Refusal } from '../shared/dead-letter.ts'

/** What became of a record: a reason where it is rejected and not parked yet. */
export type RecordOutcome = 'delivered' | 'parked' | Refusal

/**
 * What became of each record of the messages that are not settled yet, by message id and the record's index. It
 * outlives an invocation as long as its execution environment does: when a search for a culprit or a parking is cut
 * off, the events that were delivered are not sent again, and a culprit that was found is not searched again. SQS
 * can't keep this with a message, so another environment starts that message anew.
 */
export type Ledger = Map<string, Map<number, RecordOutcome>>

/** A record by its message and its place in that, from 0. */
type RecordKey = { messageId: string; index: number }

/** Messages that another environment finished never come back here. */
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

/** Something of the message is delivered. */
export const isBegun = (ledger: Ledger, messageId: string) =>
  ledger
    .get(messageId)
    ?.values()
    .some((outcome) => outcome === 'delivered') ?? false

/** Each record is delivered, parked or refused: nothing of the message is left to send. */
export const isComplete = (ledger: Ledger, { messageId, size }: { messageId: string; size: number }) =>
  ledger.get(messageId)?.size === size

/** Each record is delivered or parked: nothing of the message is left to do. */
export const isSettled = (ledger: Ledger, message: { messageId: string; size: number }) =>
  isComplete(ledger, message) &&
  [...(ledger.get(message.messageId)?.values() ?? [])].every((outcome) => typeof outcome === 'string')

/** Keeps the ledger from growing without end: the oldest go first. */
export function trim(byMessage: Map<string, unknown>): void {
  for (const messageId of byMessage.keys()) {
    if (byMessage.size <= MAX_MESSAGES) return
    byMessage.delete(messageId)
  }
}
