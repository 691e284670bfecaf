import type { OutgoingMessage } from '../../shared/queue.edge.ts'
import { byLane, type Invocation, type ReceivedMessage } from '../invocation.ts'
import { forget, isComplete, isDelivered, isSettled, outcomeOf, record } from '../ledger.ts'
import type { ParsedMessage } from '../map/map.ts'
import { backOffLane, type Decision, decided, type Outcome } from '../outcome.ts'
import type { Report } from '../report.ts'
import { backoff } from '../send/wait.ts'
import { park, recordDeadLetter } from './park.ts'

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
 * The last phase: finishes the messages that are complete, and hides the others for as long as their lane
 * must wait.
 * @returns everything that is decided by then.
 */
export async function settle(
  invocation: Invocation,
  report: Report,
  messages: readonly ParsedMessage[],
  before: Outcome,
): Promise<Outcome> {
  const limit = { tries: Number.POSITIVE_INFINITY }
  const outcome = decided(before, await complete(invocation, report, messages, before, limit))
  const back = messages.filter(({ messageId }) => !outcome.finished.has(messageId))
  for (const lane of byLane(back).values()) forgetOvertaken(invocation, lane)
  return putBack(invocation, back, outcome)
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
  limit: { tries: number },
): Promise<Required<Pick<Decision, 'finished' | 'backedOff'>>> {
  const { ledger } = invocation.deps
  const open = messages.filter(({ messageId }) => !finished.has(messageId))
  const unsent = chooseBack(open, (message) => isComplete(ledger, message))
  const backedOff = await parkRejected(
    invocation,
    report,
    open.filter((message) => !unsent.has(message)),
    limit,
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
  limit: { tries: number },
): Promise<Map<string, number | undefined>> {
  const rejected = messages.flatMap((message) => rejectedOf(invocation, message))
  const deadLetters = rejected.map(({ deadLetter }) => deadLetter)
  const notSent = new Set(await park(invocation, deadLetters, limit))
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
 * Hides each lane's messages, which is the last action on them. All messages of a lane are hidden for the
 * same time.
 */
export async function putBack(
  { deps }: Invocation,
  messages: readonly ReceivedMessage[],
  outcome: Outcome,
): Promise<Outcome> {
  const waits = new Map(outcome.waits)
  for (const [lane, [head, ...others]] of byLane(messages)) {
    const waitMs = waits.get(lane) ?? laneWaitMs(outcome, lane, head.receives, deps.random)
    waits.set(lane, waitMs)
    await deps.hide([head, ...others], Math.ceil(waitMs / 1_000))
  }
  return decided(outcome, { waits })
}

/** Retry-After for this lane or for all lanes; otherwise exponential backoff for a lane that failed. In milliseconds. */
export function laneWaitMs(
  { halt, backedOff }: Pick<Outcome, 'halt' | 'backedOff'>,
  lane: string,
  receives: number,
  random: () => number,
): number {
  const retryAfterMs = backedOff.get(lane) ?? 0
  const growing = Math.max(backoff(receives, random), retryAfterMs)
  if (halt?.kind === 'wait') return Math.max(halt.waitMs ?? growing, retryAfterMs)
  if (halt?.kind === 'hold') return growing
  if (halt?.kind === 'outage') return Math.max(growing, halt.waitMs ?? 0)
  if (backedOff.has(lane)) return growing
  return receives < RECEIVES_AT_ONCE ? AT_ONCE_MS : growing
}
