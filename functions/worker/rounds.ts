import { byLane, type Invocation } from './invocation.ts'
import { outcomeOf, record } from './ledger.ts'
import type { ParsedMessage, PendingRecord } from './map/map.ts'
import { decided, type Outcome } from './outcome.ts'
import type { Report } from './report.ts'
import type { BrazeSession } from './send/ask.ts'
import { type BatchItem, merge, pack, toBatchItem } from './send/batch.ts'
import { deliver } from './send/deliver.ts'
import { byReadiness, inTurns, untilReady } from './send/spacing.ts'
import { PATIENCE } from './settle/park.ts'
import { complete, removeFinished } from './settle/settle.ts'

/** What the rounds of an invocation share. */
export type Rounds = { invocation: Invocation; session: BrazeSession; report: Report }

/**
 * Delivers messages in rounds. Each lane is cut into segments, and its next segment is sent only when the one
 * before is done and deleted. Whatever happens then, nothing of the earlier segment can be written again over
 * what follows. Requests are sent one after the other, so no user is ever in two requests at the same time.
 *
 * A record without an outcome in the ledger was not delivered. Messages of the last round are still to be
 * settled.
 */
export async function deliverInRounds(
  rounds: Rounds,
  messages: readonly ParsedMessage[],
  before: Outcome,
): Promise<Outcome> {
  for (const message of messages) recordRejected(rounds, message)
  let outcome = before
  let lanes = [...byLane(messages).values()].map(toSegments)
  while (lanes.length > 0) {
    const heads = lanes.flatMap(([head]) => head ?? [])
    outcome = await deliverMerged(rounds, heads.filter(({ safe }) => safe).flatMap(messagesOf), outcome)
    outcome = await deliverWhole(rounds, heads, outcome)
    const unfinished = lanes.filter(([, next]) => next !== undefined)
    const sent = unfinished.flatMap(([head]) => head?.messages ?? [])
    outcome = await completeAndDelete(rounds, sent, outcome)
    const { finished } = outcome
    lanes = unfinished
      .filter(([head]) => head?.messages.every(({ messageId }) => finished.has(messageId)))
      .map(([, ...rest]) => rest)
  }
  return outcome
}

/** Consecutive messages of one lane that are sent in the same way. */
type LaneSegment = { safe: boolean; messages: [ParsedMessage, ...ParsedMessage[]] }

/**
 * Cuts a lane's messages, in queue order, wherever plain profile values meet what is not safe to resend. The
 * former may be merged across messages, the latter must stay whole, and neither may overtake the other.
 */
function toSegments(messages: readonly ParsedMessage[]): LaneSegment[] {
  const segments: LaneSegment[] = []
  for (const message of messages) {
    const last = segments.at(-1)
    if (last && last.safe === message.safe) last.messages.push(message)
    else segments.push({ safe: message.safe, messages: [message] })
  }
  return segments
}

const messagesOf = ({ messages }: LaneSegment) => messages

/** Records that Braze would reject or drop get their park reason here, because they need no request. */
function recordRejected({ invocation }: Rounds, { messageId, rejected }: ParsedMessage): void {
  const { ledger } = invocation.deps
  for (const { index, reason } of rejected)
    if (!outcomeOf(ledger, { messageId, index })) record(ledger, { messageId, index }, reason)
}

/**
 * Sends plain profile values, which are merged per user over all messages and packed freely. Users who must
 * wait come last. What is done is deleted before the worker sleeps for them, so that no other lane waits.
 */
async function deliverMerged(
  rounds: Rounds,
  messages: readonly ParsedMessage[],
  before: Outcome,
): Promise<Outcome> {
  if (before.halt) return before
  const { invocation, session } = rounds
  const send = (items: readonly BatchItem[]) =>
    deliver(
      invocation,
      session,
      items.map((item) => [item]),
    )
  const items = merge(messages.flatMap((message) => unsent(invocation, message)))
  const { ready, waiting } = byReadiness(invocation, messages, items)
  let outcome = decided(before, await send(ready))
  if (waiting.length === 0 || outcome.halt) return outcome
  outcome = await completeAndDelete(rounds, messages, outcome)
  if (!(await untilReady(invocation, waiting))) return outcome
  return decided(outcome, await send(waiting))
}

/**
 * Sends each message of events or relative writes whole in one request, so that one answer decides about all
 * of it. A lane stops at its first failure. What is done is deleted before more is sent, so that it cannot be
 * sent again if the worker dies, and before the worker sleeps, so that no other lane waits.
 * @param heads all segments of the round; those that are safe were sent before.
 */
async function deliverWhole(
  rounds: Rounds,
  heads: readonly LaneSegment[],
  before: Outcome,
): Promise<Outcome> {
  const { invocation, session } = rounds
  const whole = heads.filter(({ safe }) => !safe)
  const laneOf = ({ messageId }: PendingRecord) => invocation.received.get(messageId)?.lane ?? ''
  const stopped = new Set<string>()
  let outcome = before
  for (const [turn, request] of packWhole(invocation, whole).entries()) {
    if (outcome.halt) return outcome
    const items = request.filter(
      ({ records }) => !records.some((pendingRecord) => stopped.has(laneOf(pendingRecord))),
    )
    const { waiting } = byReadiness(invocation, whole.flatMap(messagesOf), items)
    if (turn > 0 || waiting.length > 0)
      outcome = await completeAndDelete(rounds, heads.flatMap(messagesOf), outcome)
    if (await untilReady(invocation, waiting))
      outcome = decided(outcome, await deliver(invocation, session, [items]))
    for (const pendingRecord of items.flatMap(({ records }) => records))
      if (!outcomeOf(invocation.deps.ledger, pendingRecord)) stopped.add(laneOf(pendingRecord))
  }
  return outcome
}

function packWhole(invocation: Invocation, segments: readonly LaneSegment[]): BatchItem[][] {
  const lanes = segments.map(({ messages }) =>
    messages.map((message) => unsent(invocation, message).map(asItem)),
  )
  const { objectsPerRequest } = invocation.deps.settings
  return inTurns(invocation, lanes).flatMap((groups) => pack(groups, objectsPerRequest))
}

const unsent = ({ deps }: Invocation, { pending }: ParsedMessage) =>
  pending.filter((pendingRecord) => !outcomeOf(deps.ledger, pendingRecord))
const asItem = (pendingRecord: PendingRecord) => toBatchItem([pendingRecord])

async function completeAndDelete(
  { invocation, report }: Rounds,
  messages: readonly ParsedMessage[],
  before: Outcome,
): Promise<Outcome> {
  const decision = await complete(invocation, report, messages, before, PATIENCE.none)
  await removeFinished(invocation, messages, decision)
  return decided(before, decision)
}
