import type { Refusal } from '../shared/dead-letter.ts'
import type { Opened } from './map/open.ts'
import type { Source } from './send/batch.ts'

/** What became of a record. */
export type Outcome = 'delivered' | 'parked' | Refusal

/**
 * What became of each record of the messages that are not settled yet, by message id and the record's index. It
 * outlives an invocation as long as its execution environment does: when a search for a culprit or a parking is cut
 * off, the events that were delivered are not sent again, and a culprit that was found is not searched again. SQS
 * can't keep this with a message, so another environment starts that message anew.
 */
export type Ledger = Map<string, Map<number, Outcome>>

/** Messages that another environment finished never come back here. */
const MAX_MESSAGES = 1_000

export const outcomeOf = (ledger: Ledger, { messageId, index }: Pick<Source, 'messageId' | 'index'>) =>
  ledger.get(messageId)?.get(index)

export function record(
  ledger: Ledger,
  { messageId, index }: Pick<Source, 'messageId' | 'index'>,
  outcome: Outcome,
): void {
  const ofMessage = ledger.get(messageId) ?? new Map<number, Outcome>()
  ofMessage.set(index, outcome)
  ledger.set(messageId, ofMessage)
}

export function forget(ledger: Ledger, { messageId, index }: Pick<Source, 'messageId' | 'index'>): void {
  ledger.get(messageId)?.delete(index)
}

/** Something of the message is delivered. */
export const isBegun = (ledger: Ledger, messageId: string) =>
  ledger
    .get(messageId)
    ?.values()
    .some((outcome) => outcome === 'delivered') ?? false

/** Each record is delivered, parked or refused: nothing of the message is left to send. */
export const isComplete = (ledger: Ledger, { messageId, size }: Pick<Opened, 'messageId' | 'size'>) =>
  ledger.get(messageId)?.size === size

/** Each record is delivered or parked: nothing of the message is left to do. */
export const isSettled = (ledger: Ledger, message: Pick<Opened, 'messageId' | 'size'>) =>
  isComplete(ledger, message) &&
  [...(ledger.get(message.messageId)?.values() ?? [])].every((outcome) => typeof outcome === 'string')

/** Keeps the ledger from growing without end: the oldest go first. */
export function trim(byMessage: Map<string, unknown>): void {
  for (const messageId of byMessage.keys()) {
    if (byMessage.size <= MAX_MESSAGES) return
    byMessage.delete(messageId)
  }
}
