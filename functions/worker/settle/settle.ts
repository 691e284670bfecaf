import type { OutgoingMessage } from '../../shared/queue.edge.ts'
import { byLane, type Invocation, type ReceivedMessage } from '../invocation.ts'
import { forget, isComplete, isDelivered, isSettled, outcomeOf, record } from '../ledger.ts'
import type { ParsedMessage } from '../map/map.ts'
import { backOffLane, type Decision, decided, type Outcome } from '../outcome.ts'
import type { Report } from '../report.ts'
import { backoff, firstKeyBackoff } from '../send/wait.ts'
import { PATIENCE, park, recordDeadLetter } from './park.ts'

/**
 * In milliseconds. A message that is unsent only for lack of time goes back at once. The local queue does not
 * accept 0.
 */
const AT_ONCE_MS = 1_000

/**
 * From this receive on, a message that is unsent for lack of time waits too. If Braze is so slow that a lane
 * never gets its turn, the lane must not use up its receives.
 */
const RECEIVES_AT_ONCE = 3

/**
 * Finishes the messages that are complete. If dead letters are not accepted at once, what is finished is
 * deleted before they are tried again, so that it does not depend on the rest of the invocation.
 * @returns everything that is decided by then. What is not finished goes back to its queue.
 */
export async function settle(
  invocation: Invocation,
  report: Report,
  messages: readonly ParsedMessage[],
  before: Outcome,
): Promise<Outcome> {
  const first = await complete(invocation, report, messages, before, PATIENCE.none)
  let outcome = decided(before, first.backedOff.size === 0 ? first : { finished: first.finished })
  if (first.backedOff.size > 0) {
    await removeFinished(invocation, messages, outcome)
    outcome = decided(outcome, await complete(invocation, report, messages, outcome, PATIENCE.some))
  }
  const back = messages.filter(({ messageId }) => !outcome.finished.has(messageId))
  for (const lane of byLane(back).values()) forgetOvertaken(invocation, lane)
  return outcome
}

/**
 * Deletes what is finished before Lambda would. After the deadline nothing is sent that could depend on it,
 * and Lambda deletes it at the end of the invocation.
 */
export async function removeFinished(
  { deps, deadline }: Invocation,
  messages: readonly ReceivedMessage[],
  { finished }: Pick<Outcome, 'finished'>,
): Promise<void> {
  const done = messages.filter(({ messageId }) => finished.has(messageId))
  if (done.length > 0 && deps.now() < deadline) await deps.remove(done)
}

/**
 * Deletes what is finished of the messages that the worker received itself, because Lambda does not. It tries
 * twice, because a message that is not deleted blocks its lane for the whole visibility timeout, and its events
 * may be sent again.
 * @returns the ids of those that SQS did not delete. They come back.
 */
export async function removeAdded(
  { deps, deadline, hideUntil, deleted }: Invocation,
  added: readonly ReceivedMessage[],
  { finished }: Pick<Outcome, 'finished'>,
): Promise<ReadonlySet<string>> {
  let left: readonly ReceivedMessage[] = added.filter(
    ({ messageId }) => finished.has(messageId) && !deleted.has(messageId),
  )
  for (const until of [hideUntil, deadline])
    if (left.length > 0 && deps.now() <= until) left = await deps.remove(left)
  return new Set(left.map(({ messageId }) => messageId))
}

/**
 * Parks the rejected records of the messages that are complete, and then finishes these messages. A complete
 * message goes back all the same if an earlier message of its lane goes back and would write older values
 * over its own.
 * @returns the ids of the messages that this call finished, and the lanes whose records could not be parked.
 */
export async function complete(
  invocation: Invocation,
  report: Report,
  messages: readonly ParsedMessage[],
  { finished, deliveredAt }: Pick<Outcome, 'finished' | 'deliveredAt'>,
  patienceMs: number,
): Promise<Required<Pick<Decision, 'finished' | 'backedOff'>>> {
  const { ledger } = invocation.deps
  const open = messages.filter(({ messageId }) => !finished.has(messageId))
  const unsent = chooseBack(open, (message) => isComplete(ledger, message))
  const backedOff = await parkRejected(
    invocation,
    report,
    open.filter((message) => !unsent.has(message)),
    patienceMs,
  )
  const back = chooseBack(open, (message) => isSettled(ledger, message))
  const done = open.filter((message) => !back.has(message))
  for (const message of done)
    report.noteFinished(message, ledger.get(message.messageId), deliveredAt.get(message.messageId))
  return { finished: new Set(done.map(({ messageId }) => messageId)), backedOff }
}

/** @returns the lanes of the records that SQS did not accept. */
async function parkRejected(
  invocation: Invocation,
  report: Report,
  messages: readonly ParsedMessage[],
  patienceMs: number,
): Promise<Map<string, number | undefined>> {
  const rejected = messages.flatMap((message) => rejectedOf(invocation, message))
  const deadLetters = rejected.map(({ deadLetter }) => deadLetter)
  const notSent = new Set(await park(invocation, deadLetters, patienceMs))
  const backedOff = new Map<string, number | undefined>()
  for (const { message, index, code, outcome, deadLetter } of rejected) {
    if (notSent.has(deadLetter)) {
      backOffLane(backedOff, message.lane)
    } else {
      record(invocation.deps.ledger, { messageId: message.messageId, index }, outcome)
      report.noteParked({ code, message, index })
    }
  }
  return backedOff
}

type RejectedRecord = {
  message: ParsedMessage
  index: number
  code: string
  /** What becomes of the record once its dead letter is sent. */
  outcome: 'parked' | 'delivered in part'
  deadLetter: OutgoingMessage
}

function rejectedOf({ deps }: Invocation, message: ParsedMessage): RejectedRecord[] {
  const rejected: RejectedRecord[] = []
  const url = deps.settings.deadLetterUrls[message.queue]
  deps.ledger.get(message.messageId)?.forEach((outcome, index) => {
    if (typeof outcome === 'string') return
    const deadLetter = recordDeadLetter(message, index, outcome, url, deps.now())
    const after = outcome.fields ? 'delivered in part' : 'parked'
    rejected.push({ message, index, code: outcome.code, outcome: after, deadLetter })
  })
  return rejected
}

/**
 * Returns the messages that go back: in each lane those that are not done, and of the messages after them
 * those that may be resent and share a user with them. Once an older value is written again, the newer one
 * has to follow.
 */
function chooseBack(
  messages: readonly ParsedMessage[],
  isDone: (message: ParsedMessage) => boolean,
): Set<ParsedMessage> {
  const back = new Set<ParsedMessage>()
  for (const lane of byLane(messages).values()) {
    const ahead: ParsedMessage[] = []
    for (const message of lane) {
      if (isDone(message) && !(message.safe && sharesUser(message, ahead))) continue
      back.add(message)
      ahead.push(message)
    }
  }
  return back
}

function sharesUser({ pending }: ParsedMessage, others: readonly ParsedMessage[]): boolean {
  if (others.length === 0) return false
  const users = new Set(others.flatMap((other) => other.pending.map(({ mapped }) => mapped.user)))
  return pending.some(({ mapped }) => users.has(mapped.user))
}

/**
 * What was delivered of a message that goes back is not sent again from this environment. The exception is
 * plain values of a user whose older values are in an earlier message, because another environment may write
 * those again.
 */
function forgetOvertaken({ deps: { ledger } }: Invocation, lane: readonly ParsedMessage[]): void {
  const users = new Set<string>()
  for (const { safe, pending } of lane) {
    for (const pendingRecord of pending) {
      if (safe && users.has(pendingRecord.mapped.user) && isDelivered(outcomeOf(ledger, pendingRecord)))
        forget(ledger, pendingRecord)
    }
    for (const { mapped } of pending) users.add(mapped.user)
  }
}

/**
 * Hides the messages that are not finished for as long as their lane must wait, which is the last action on
 * them. All messages of a lane are hidden for the same time, so a lane goes back as a whole.
 */
export async function putBack(
  { deps, hideUntil, received }: Invocation,
  messages: readonly ReceivedMessage[],
  outcome: Outcome,
): Promise<void> {
  const progressed = new Set([...outcome.finished].map((messageId) => received.get(messageId)?.lane))
  const back = messages.filter(({ messageId }) => !outcome.finished.has(messageId))
  const entries = [...byLane(back)].flatMap(([lane, ofLane]) => {
    // A lane that made progress does not fail for long, however often its messages were received before.
    const receives = progressed.has(lane) ? 1 : ofLane[0].receives
    const seconds = Math.ceil(laneWaitMs(outcome, lane, receives, deps.random) / 1_000)
    return ofLane.map((message) => ({ message, seconds }))
  })
  if (entries.length > 0 && deps.now() <= hideUntil) await deps.hide(entries)
}

/** Retry-After for this lane or for all lanes; otherwise exponential backoff for a lane that failed. In milliseconds. */
export function laneWaitMs(
  { halt, backedOff }: Pick<Outcome, 'halt' | 'backedOff'>,
  lane: string,
  receives: number,
  random: () => number,
): number {
  const retryAfterMs = backedOff.get(lane) ?? 0
  const isFirstKey = halt?.kind === 'hold' && halt.cause === 'BRAZE_SECRET_PLACEHOLDER'
  const growing = Math.max((isFirstKey ? firstKeyBackoff : backoff)(receives, random), retryAfterMs)
  if (halt?.kind === 'wait') return Math.max(halt.waitMs ?? growing, retryAfterMs)
  if (halt?.kind === 'hold') return growing
  if (halt?.kind === 'outage') return Math.max(growing, halt.waitMs ?? 0)
  if (backedOff.has(lane)) return growing
  return receives < RECEIVES_AT_ONCE ? AT_ONCE_MS : growing
}
