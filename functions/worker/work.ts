import type { ParkReason } from '../shared/dead-letter.ts'
import {
  byLane,
  type Invocation,
  isDangerous,
  type ReceivedMessage,
  startInvocation,
  type WorkerDeps,
  withLiveReceipt,
} from './invocation.ts'
import { trim } from './ledger.ts'
import { type ParsedMessage, parseMessage } from './map/map.ts'
import { decided, NOTHING_DECIDED, type Outcome } from './outcome.ts'
import { WORKER_DIED } from './park-reasons.ts'
import { logUnknownVersion, openReport } from './report.ts'
import { deliverInRounds, type Rounds } from './rounds.ts'
import { openBrazeSession } from './send/ask.ts'
import { messageDeadLetter, PATIENCE, park } from './settle/park.ts'
import { putBack, removeAdded, removeFinished, settle } from './settle/settle.ts'
import { topUp } from './top-up.ts'

/** Crashes during a message before it is dead-lettered. */
const CRASHES_TO_GIVE_UP = 2

/**
 * Takes the messages of one queue to Braze: top up → parse → map → merge per user → pack → send → judge → settle.
 *
 * A message that SQS could hand to another invocation before this one ends is left alone. Lanes with a
 * message that may have killed the worker come last, message by message and under a marker, after everything
 * else is deleted or returned to its queue. At worst, only that message dies.
 *
 * @param messages as SQS handed them out, those of a lane in their order.
 * @param deadline no request to Braze starts after it, in milliseconds since the epoch.
 * @returns the ids of the messages that go back to the queue; the others are done.
 */
export async function work(
  messages: readonly ReceivedMessage[],
  deps: WorkerDeps,
  deadline: number,
): Promise<string[]> {
  const live = await withLiveReceipt(deps, messages)
  const added = await topUp(live, deps)
  const invocation = startInvocation(messages, added, deps, deadline)
  const [session, report] = [openBrazeSession(invocation), openReport(invocation)]
  const rounds = { invocation, session, report }
  const { outcome, back } = await handleLanes(rounds, [...live, ...added])
  const [notDeleted] = await Promise.all([
    removeAdded(invocation, added, outcome),
    putBack(invocation, back, outcome),
  ])

  const { finished } = outcome
  for (const messageId of finished) if (!notDeleted.has(messageId)) deps.ledger.delete(messageId)
  trim(deps.ledger)
  // The next invocation may start in another environment, so this one ends only when its pace allows another
  // request.
  if (session.sent.requests > 0) await deps.pace()
  await report.write(session, outcome)
  return messages.map(({ messageId }) => messageId).filter((messageId) => !finished.has(messageId))
}

/**
 * Delivers and settles messages. Those that are not done are returned to their queue in as few calls as possible.
 * @returns the messages to put back that are left, besides what is decided. Some of them may be finished.
 */
async function handleLanes(
  rounds: Rounds,
  messages: readonly ReceivedMessage[],
): Promise<{ outcome: Outcome; back: readonly ReceivedMessage[] }> {
  const { invocation } = rounds
  const lanes = [...byLane(messages).values()]
  const dangerous = lanes.filter((lane) => lane.some(isDangerous))
  let back = lanes.filter((lane) => !lane.some(isDangerous)).flat()
  let outcome = await handle(rounds, back, NOTHING_DECIDED, { deleteDone: dangerous.length > 0 })
  for (const lane of dangerous) {
    if (isOver(invocation, outcome)) {
      back.push(...lane)
    } else {
      await putBack(invocation, back, outcome)
      back = [...lane]
      outcome = await handleAlone(rounds, lane, outcome)
    }
  }
  return { outcome, back }
}

const isOver = ({ deps, deadline }: Invocation, { halt }: Outcome) =>
  halt !== undefined || deps.now() >= deadline

/** Delivers and settles messages together. A message that cannot be read is parked as it is, after all others. */
async function handle(
  rounds: Rounds,
  messages: readonly ReceivedMessage[],
  before: Outcome,
  { deleteDone }: { deleteDone: boolean },
): Promise<Outcome> {
  const { invocation, report } = rounds
  const { ready, unreadable, deferred } = parseAll(rounds, messages)
  const backedOff = new Map(deferred.map(({ lane }) => [lane, undefined]))
  let outcome = await deliverInRounds(rounds, ready, decided(before, { backedOff }))
  outcome = await settle(invocation, report, ready, outcome)
  outcome = await giveUp(rounds, unreadable, outcome)
  if (deleteDone) await removeFinished(invocation, messages, outcome)
  return outcome
}

/**
 * Messages behind one that a newer deployment wrote are deferred with it, because their lane must stay in order.
 */
function parseAll({ invocation }: Rounds, messages: readonly ReceivedMessage[]) {
  const ready: ParsedMessage[] = []
  const unreadable: Unreadable[] = []
  const deferred: ReceivedMessage[] = []
  for (const message of messages) {
    const read = parseMessage(message)
    if (deferred.some(({ lane }) => lane === message.lane)) deferred.push(message)
    else if (read.kind === 'ready') ready.push(read.message)
    else if (read.kind === 'park') unreadable.push({ message, reason: read.reason })
    else {
      logUnknownVersion(invocation)
      deferred.push(message)
    }
  }
  return { ready, unreadable, deferred }
}

type Unreadable = { message: ReceivedMessage; reason: ParkReason }

/** Parks messages whole. A lane backs off if that fails. */
async function giveUp(
  { invocation, report }: Rounds,
  messages: readonly Unreadable[],
  before: Outcome,
): Promise<Outcome> {
  const { settings, now } = invocation.deps
  const givenUp = messages.map(({ message, reason }) => ({
    message,
    reason,
    deadLetter: messageDeadLetter(message, reason, settings.deadLetterUrls[message.queue], now()),
  }))
  const notSent = new Set(
    await park(
      invocation,
      givenUp.map(({ deadLetter }) => deadLetter),
      PATIENCE.some,
    ),
  )
  const [left, parked] = [
    givenUp.filter(({ deadLetter }) => notSent.has(deadLetter)),
    givenUp.filter(({ deadLetter }) => !notSent.has(deadLetter)),
  ]
  for (const { message, reason } of parked) report.noteGivenUp(message, reason.code)
  return decided(before, {
    finished: new Set(parked.map(({ message }) => message.messageId)),
    backedOff: new Map(left.map(({ message }) => [message.lane, undefined])),
  })
}

/** Handles one message at a time, each under its marker, until one is not finished. */
async function handleAlone(
  rounds: Rounds,
  lane: readonly ReceivedMessage[],
  before: Outcome,
): Promise<Outcome> {
  const { invocation } = rounds
  const { markers } = invocation.deps
  let outcome = before
  for (const message of lane) {
    if (isOver(invocation, outcome)) return outcome
    const crashes = await markers.set(message.messageId)
    const isDeadly = crashes >= CRASHES_TO_GIVE_UP
    outcome = isDeadly
      ? await giveUp(rounds, [{ message, reason: WORKER_DIED }], outcome)
      : await handle(rounds, [message], outcome, { deleteDone: true })
    const isDone = outcome.finished.has(message.messageId)
    // A deadly message that could not be parked must be recognised when it comes again.
    if (isDone || !isDeadly) await markers.clear(message.messageId)
    if (!isDone) return outcome
  }
  return outcome
}
