import { TRACK_TIMEOUT_MS } from '../../shared/limits.ts'
import { isPartlyDelivered } from '../ledger.ts'
import { backOffLane } from '../outcome.ts'
import { mayHaveArrived, rejectedByBraze } from '../park-reasons.ts'
import { SHORT_WAIT_MS } from './ask.ts'
import { type BatchItem, pack } from './batch.ts'
import {
  askProbe,
  blamedFor,
  type Failure,
  hasFailedEnough,
  isCulprit,
  isOtherAccepted,
  isReceivedLast,
  isSuspected,
  noteFailure,
  suspect,
} from './blame.ts'
import type { BrazeVerdict } from './judge.ts'
import {
  isDecided,
  isReceivedOften,
  isSafe,
  messagesOf,
  type Rejected,
  recordDelivered,
  type Sending,
  SLOW_FAILURE_MS,
} from './sending.ts'

/**
 * Sends objects to Braze and finds those that it does not accept. Braze often rejects a whole request, or fails
 * on it, without saying which object is the reason, so the request is split until each culprit is alone.
 */

/**
 * In milliseconds: thirty requests, as many as a search of 75 objects for one culprit takes, at half a second
 * each.
 */
export const SEARCH_MS = 15_000

/**
 * In milliseconds: what a search with timeouts still takes when the culprit is known to be among nine objects,
 * and when it is not. The send window leaves time for four timeouts and little else.
 */
const SLOW_SEARCH_OF_FEW_MS = 2 * TRACK_TIMEOUT_MS + 4_500
const SLOW_SEARCH_MS = SLOW_SEARCH_OF_FEW_MS + TRACK_TIMEOUT_MS + 1_500

/** Sends groups of objects in order, each group in one request. @returns the objects that Braze rejects. */
export async function sendGroups(
  sending: Sending,
  groups: readonly (readonly BatchItem[])[],
): Promise<Rejected[]> {
  const rejected: Rejected[] = []
  const { objectsPerRequest } = sending.invocation.deps.settings
  for (const request of pack(groups, objectsPerRequest)) rejected.push(...(await sendFirst(sending, request)))
  return rejected
}

/**
 * Events whose messages often came back may have arrived each time. They are sent again only while Braze works;
 * otherwise an outage in which it applies requests without confirming them would duplicate them again and again.
 */
async function sendFirst(sending: Sending, items: readonly BatchItem[]): Promise<Rejected[]> {
  const often = items.find((item) => !isSafe(item) && isReceivedOften(sending, [item]))
  if (often && (await askProbe(sending, often)) === 'down') return []
  return sendRequest(sending, items)
}

/** @param isRejectedAlone whether Braze has rejected the one object before, and accepted a probe since. */
async function sendRequest(
  sending: Sending,
  items: readonly BatchItem[],
  isRejectedAlone = false,
): Promise<Rejected[]> {
  if (sending.halt || items.length === 0) return []
  const askedAt = sending.invocation.deps.now()
  const answer = await sending.ask(items, shortWaits(sending, items))
  const tookMs = sending.invocation.deps.now() - askedAt
  switch (answer.kind) {
    case 'accepted':
      return onAccepted(sending, items, answer)
    case 'rejected':
      return onRejected(sending, items, answer, isRejectedAlone)
    case 'outage':
    case 'out of time':
      sending.halt = answer
      return []
    default:
      if (tookMs > SLOW_FAILURE_MS || answer.kind === 'wait') sending.isSlow = true
      return onFailure(sending, items, answer)
  }
}

/** A search that repeats each request after a 429 would not end within an invocation. */
function shortWaits(sending: Sending, items: readonly BatchItem[]) {
  if (isSuspected(sending, items)) return { maxShortWaits: 0 }
  return isReceivedOften(sending, items) ? { maxShortWaits: 1 } : {}
}

/**
 * Sends the parts of a request in turn. A user who is stuck in one part is left out of the next ones, so that
 * their own later events do not overtake them.
 */
async function bisect(
  sending: Sending,
  items: readonly BatchItem[],
  { parts = 2, searchMs = SEARCH_MS } = {},
): Promise<Rejected[]> {
  if (!hasTimeToSearch(sending, items, searchMs)) {
    sending.halt = { kind: 'out of time' }
    return []
  }
  const size = Math.ceil(items.length / parts)
  const rejected: Rejected[] = []
  const stuck = new Set<string>()
  for (let start = 0; start < items.length; start += size) {
    const part = items.slice(start, start + size).filter(({ user }) => !stuck.has(user))
    const left = await sendRequest(sending, part)
    rejected.push(...left)
    for (const user of stuckUsers(sending, part, left)) stuck.add(user)
  }
  return rejected
}

/**
 * A search that runs out of time leaves messages partly delivered, and another environment would send the
 * delivered part again. When time is short, items that are not safe to resend therefore go back whole, as
 * long as nothing of their messages is delivered. Now and then the search begins all the same; otherwise it
 * would never begin while Braze is slow.
 */
function hasTimeToSearch(sending: Sending, items: readonly BatchItem[], searchMs: number): boolean {
  const { deps, deadline } = sending.invocation
  if (deps.now() + searchMs < deadline || items.every(isSafe)) return true
  return items
    .flatMap((item) => messagesOf(sending, item))
    .some(
      ({ messageId, receives }) =>
        receives % RECEIVES_FOR_ANY_SEARCH === 0 || isPartlyDelivered(deps.ledger, messageId),
    )
}

/**
 * At each receive with a multiple of this number, a search begins whatever time is left. Its progress is in the
 * ledger, and each further search from another environment sends the events beside the culprit once more.
 */
const RECEIVES_FOR_ANY_SEARCH = 8

/** Returns the users with an object that is neither delivered nor rejected. */
function stuckUsers(
  sending: Sending,
  items: readonly BatchItem[],
  rejected: readonly Rejected[],
): Set<string> {
  const done = new Set(rejected.map(({ item }) => item))
  return new Set(items.filter((item) => !done.has(item) && !isDecided(sending, item)).map(({ user }) => user))
}

type Accepted = Extract<BrazeVerdict, { kind: 'accepted' }>

async function onAccepted(
  sending: Sending,
  items: readonly BatchItem[],
  answer: Accepted,
): Promise<Rejected[]> {
  const { status, unattributed, uncounted, contradictory } = answer
  const rejected = answer.rejected.flatMap(({ array, index, message }) => {
    const item = items.filter((candidate) => candidate.array === array)[index]
    if (!item) return []
    const mayHave = contradictory && !isSafe(item)
    return [{ item, reason: mayHave ? mayHaveArrived(message, status) : rejectedByBraze(message, status) }]
  })
  const named = new Set(rejected.map(({ item }) => item))
  const others = items.filter((item) => !named.has(item))
  if (unattributed !== undefined)
    return [...rejected, ...(await onUnattributed(sending, others, unattributed, status))]
  if (uncounted) return [...rejected, ...(await onUncounted(sending, others, status))]
  if (others.length > 0) sending.accepted += 1
  recordDelivered(sending, others)
  return rejected
}

/**
 * Braze rejected some of these objects without saying which. Those that are safe to resend are sent again in
 * halves. The others are parked, because each of them may have arrived.
 */
async function onUnattributed(
  sending: Sending,
  items: readonly BatchItem[],
  words: string,
  status: number,
): Promise<Rejected[]> {
  const [first] = items
  if (first && items.length === 1) return [{ item: first, reason: rejectedByBraze(words, status) }]
  if (items.every(isSafe)) return bisect(sending, items)
  const why = `Braze reported an error without saying which object it is about: ${words}`
  return items.map((item) => ({ item, reason: mayHaveArrived(why, status) }))
}

const UNCOUNTED =
  'Braze confirmed the request and named no error, but it counted fewer objects as processed than were sent.'

/**
 * Braze counted fewer objects than it was sent, and named no error. A lone object is blamed only if Braze
 * counted others; otherwise the counters mean something that is not documented.
 */
async function onUncounted(
  sending: Sending,
  items: readonly BatchItem[],
  status: number,
): Promise<Rejected[]> {
  const [first] = items
  if (!items.every(isSafe)) return items.map((item) => ({ item, reason: mayHaveArrived(UNCOUNTED, status) }))
  suspect(sending, items)
  if (items.length > 1) return bisect(sending, items)
  if (first && isOtherAccepted(sending, first))
    return [{ item: first, reason: rejectedByBraze(UNCOUNTED, status) }]
  recordDelivered(sending, items)
  return []
}

type RejectedWhole = Extract<BrazeVerdict, { kind: 'rejected' }>

/**
 * Braze rejected the request, and applied nothing. An object is blamed only if Braze rejects it alone, then
 * accepts a probe, and then rejects the object again. An outage in which everything gets a 400 would have to
 * end and begin again between three requests to be mistaken for that. If Braze gives each object an error of
 * its own, the probe alone is enough.
 */
async function onRejected(
  sending: Sending,
  items: readonly BatchItem[],
  { status, message, named }: RejectedWhole,
  isRejectedAlone: boolean,
): Promise<Rejected[]> {
  const [first] = items
  if (!first) return []
  suspect(sending, items)
  if (items.length > 1 && !named) return bisect(sending, items)
  if (isRejectedAlone) return [{ item: first, reason: rejectedByBraze(message, status) }]
  if (!(await isRejectionMeant(sending, first))) return []
  if (named) return onAccepted(sending, items, { kind: 'accepted', status, rejected: named })
  return sendRequest(sending, items, true)
}

/**
 * Whether Braze still accepts something. If it rejects the probe too, everything is held. A Braze that never
 * accepts the probe must not stop all delivery, so from the fifth receive on only the lane is held, and what
 * Braze has accepted beside the object counts instead of the probe.
 */
async function isRejectionMeant(sending: Sending, item: BatchItem): Promise<boolean> {
  const answer = await askProbe(sending, item)
  if (answer !== 'rejected') return answer === 'accepted'
  if (isReceivedLast(sending, item)) return true
  const isOften = isReceivedOften(sending, [item])
  const isAccepting = isOtherAccepted(sending, item)
  if (isOften || isAccepting) backOffLanes(sending, [item], undefined)
  else sending.halt ??= { kind: 'hold', cause: 'BRAZE_REJECTS_EVERYTHING' }
  if (isOften && !isAccepting) sending.invocation.deps.count('BrazeHolding', 1)
  return isOften && isAccepting
}

/**
 * Handles a request that got no answer, or none that accepts it. Usually its messages go back, and an answer
 * that is about everything stops the invocation. If one of the messages was received often, the request is
 * searched, as long as Braze accepts a probe: one of its objects may be the reason.
 */
async function onFailure(
  sending: Sending,
  items: readonly BatchItem[],
  failure: Failure,
): Promise<Rejected[]> {
  const [first] = items
  const waitMs = 'waitMs' in failure ? failure.waitMs : undefined
  if (!first || !isSearched(sending, items, failure)) {
    if (failure.kind === 'hold' || failure.kind === 'wait') sending.halt = failure
    else backOffLanes(sending, items, waitMs)
    return []
  }
  backOffLanes(sending, items, waitMs)
  noteFailure(sending, items)
  // The wait holds for whatever is sent next, also if this object is blamed now.
  if (failure.kind === 'wait') await pauseInTime(sending, waitMs ?? 0)
  if (items.length === 1 && hasFailedEnough(sending, first))
    return isCulprit(sending, first) ? [blamedFor(first, failure)] : []
  if ((await askProbe(sending, first)) === 'down') return []
  if (items.length > 1) return bisect(sending, items, partsOf(sending, items.length))
  // The caller splits an object that was merged from several records.
  return first.records.length > 1 ? [blamedFor(first, failure)] : sendRequest(sending, items)
}

/** Pauses, but not beyond the deadline, after which nothing is sent. */
async function pauseInTime({ invocation: { deps, deadline } }: Sending, waitMs: number): Promise<void> {
  await deps.pause(Math.max(0, Math.min(waitMs, deadline - deps.now())))
}

/**
 * A missing key cannot be the fault of an object. A long wait is obeyed, so nothing else is sent that could
 * show that Braze accepts it.
 */
function isSearched(sending: Sending, items: readonly BatchItem[], failure: Failure): boolean {
  if (failure.kind === 'hold' && failure.status === undefined) return false
  if (failure.kind === 'wait' && (failure.waitMs ?? 0) >= SHORT_WAIT_MS) return false
  return isReceivedOften(sending, items)
}

/**
 * The size of a part after a failure that takes seconds. Halving would not end within an invocation. With
 * parts of 9 objects, 75 objects need two such requests before the culprit is alone.
 */
export const SLOW_PART = 9

function partsOf({ isSlow }: Sending, objects: number): { parts?: number; searchMs?: number } {
  if (!isSlow) return {}
  return objects > SLOW_PART
    ? { parts: Math.ceil(objects / SLOW_PART), searchMs: SLOW_SEARCH_MS }
    : { parts: objects, searchMs: SLOW_SEARCH_OF_FEW_MS }
}

function backOffLanes(sending: Sending, items: readonly BatchItem[], waitMs: number | undefined): void {
  for (const { lane } of items.flatMap((item) => messagesOf(sending, item)))
    backOffLane(sending.backedOff, lane, waitMs)
}
