import type { ParkReason } from '../../shared/dead-letter.ts'
import type { Halt, Invocation } from '../invocation.ts'
import { forget, isPartlyDelivered, outcomeOf, record } from '../ledger.ts'
import type { PendingRecord } from '../map/map.ts'
import { backOffLane, type Decision } from '../outcome.ts'
import { brazeFailsOnIt, mayHaveArrived, rejectedByBraze } from '../park-reasons.ts'
import type { BrazeSession } from './ask.ts'
import { type BatchItem, pack, toBatchItem } from './batch.ts'
import type { BrazeVerdict } from './judge.ts'
import { probe } from './probe.ts'

/**
 * Sends objects to Braze and finds the one it rejects. Braze often rejects a whole request without saying
 * which object is the reason, so the request is halved until each culprit is alone. An object that was merged
 * from several records is split in the same way.
 */

/** From this receive on, a request that gets 5xx is searched for an object that Braze fails on. */
export const RECEIVES_BEFORE_SEARCH = 5

/** The number of times that a single object must get 5xx in one invocation before it is blamed. */
export const FAILURES_ALONE = 3

/**
 * In milliseconds: thirty requests, as many as a search of 75 objects for one culprit takes, at half a second
 * each.
 */
export const SEARCH_MS = 15_000

/**
 * From this receive on, an object is blamed even if Braze accepted nothing to compare it with. Otherwise SQS
 * would soon move the message itself, without a reason: it does so after 1,000 receives.
 */
const LAST_RECEIVES = 900

/** An object that Braze does not accept, and why. If it was merged, one of its records is the culprit. */
type Rejected = { item: BatchItem; reason: ParkReason }

/** The state of one call of `deliver`. */
type Sending = {
  readonly invocation: Invocation
  readonly ask: BrazeSession['ask']
  /** Set once. From then on, everything unsent goes back. */
  halt: Halt | undefined
  readonly backedOff: Map<string, number | undefined>
  readonly deliveredAt: Map<string, number>
  /** How many requests Braze has accepted at least in part. */
  accepted: number
  /** The value of `accepted` when Braze first failed on a request with this object. */
  readonly suspectedAt: Map<BatchItem, number>
}

/**
 * Sends groups of objects in order, each group in one request.
 * @returns what was decided. What became of each record is in the ledger; a record without an outcome was not
 * delivered.
 */
export async function deliver(
  invocation: Invocation,
  { ask }: BrazeSession,
  groups: readonly (readonly BatchItem[])[],
): Promise<Decision> {
  const sending: Sending = {
    invocation,
    ask,
    halt: undefined,
    backedOff: new Map(),
    deliveredAt: new Map(),
    accepted: 0,
    suspectedAt: new Map(),
  }
  await parkCulprits(sending, await sendGroups(sending, groups))
  const { halt, backedOff, deliveredAt } = sending
  return { halt, backedOff, deliveredAt }
}

async function sendGroups(sending: Sending, groups: readonly (readonly BatchItem[])[]): Promise<Rejected[]> {
  const rejected: Rejected[] = []
  for (const request of pack(groups)) rejected.push(...(await sendRequest(sending, request)))
  return rejected
}

/** @param failures how often this request has already got 5xx in this call. */
async function sendRequest(sending: Sending, items: readonly BatchItem[], failures = 0): Promise<Rejected[]> {
  const [first] = items
  if (sending.halt || !first) return []
  const answer = await sending.ask(items)
  switch (answer.kind) {
    case 'accepted':
      return onAccepted(sending, items, answer)
    case 'rejected': {
      const reason = rejectedByBraze(answer.message, answer.status)
      return items.length === 1 ? [{ item: first, reason }] : bisect(sending, items)
    }
    case 'retry':
      for (const { lane } of items.flatMap((item) => messagesOf(sending, item)))
        backOffLane(sending.backedOff, lane, answer.waitMs)
      return onServerError(sending, items, answer, failures + 1)
    default:
      sending.halt = answer
      return []
  }
}

/**
 * Sends the first half and then the second. A user who is stuck in the first half is left out of the second,
 * so that their own later events do not overtake them.
 */
async function bisect(sending: Sending, items: readonly BatchItem[]): Promise<Rejected[]> {
  if (!hasTimeToSearch(sending, items)) {
    sending.halt = { kind: 'out of time' }
    return []
  }
  const middle = Math.ceil(items.length / 2)
  const first = items.slice(0, middle)
  const left = await sendRequest(sending, first)
  const stuck = stuckUsers(sending, first, left)
  const second = items.slice(middle).filter(({ user }) => !stuck.has(user))
  return [...left, ...(await sendRequest(sending, second))]
}

/**
 * A search that runs out of time leaves messages partly delivered, and another environment would send the
 * delivered part again. When time is short, items that are not safe to resend therefore go back whole, as
 * long as nothing of their messages is delivered.
 */
function hasTimeToSearch(sending: Sending, items: readonly BatchItem[]): boolean {
  const { deps, deadline } = sending.invocation
  if (deps.now() + SEARCH_MS < deadline || items.every(isSafe)) return true
  return items
    .flatMap((item) => messagesOf(sending, item))
    .some(({ messageId }) => isPartlyDelivered(deps.ledger, messageId))
}

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
  const rejected = answer.rejected.flatMap(({ array, index, message }) => {
    const item = items.filter((candidate) => candidate.array === array)[index]
    return item ? [{ item, reason: rejectedByBraze(message, answer.status) }] : []
  })
  const named = new Set(rejected.map(({ item }) => item))
  const others = items.filter((item) => !named.has(item))
  if (answer.unattributed !== undefined)
    return [...rejected, ...(await onUnattributed(sending, others, answer.unattributed, answer.status))]
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
  return items.map((item) => ({ item, reason: mayHaveArrived(words, status) }))
}

type Retry = Extract<BrazeVerdict, { kind: 'retry' }>

/**
 * Handles a request that got no answer, or none that can be used. Usually its messages go back. If one of
 * them was received often, the request is searched, as long as Braze accepts other objects: one of its
 * objects may be the reason.
 * @param failures how often the request got 5xx in this call.
 */
async function onServerError(
  sending: Sending,
  items: readonly BatchItem[],
  { failing, status, waitMs }: Retry,
  failures: number,
): Promise<Rejected[]> {
  const [first] = items
  if (!first || status === undefined || !isReceivedOften(sending, items)) return []
  if (status < 300) return unreadable(items, status)
  if (!failing || waitMs !== undefined) return []
  suspect(sending, items)
  if (items.length > 1) return (await isBrazeUp(sending, first)) ? bisect(sending, items) : []
  if (failures >= FAILURES_ALONE) return [{ item: first, reason: brazeFailsOnIt(status) }]
  // An outage may end between two requests, so only a failure after Braze accepted something else counts.
  if (failures === FAILURES_ALONE - 1 && !(await isBrazeUp(sending, first))) return []
  return sendRequest(sending, items, failures)
}

const isReceivedOften = (sending: Sending, items: readonly BatchItem[]) =>
  items
    .flatMap((item) => messagesOf(sending, item))
    .some(({ receives }) => receives >= RECEIVES_BEFORE_SEARCH)

/**
 * Braze said that it accepted these objects, in an answer that cannot be read. Events among them are parked,
 * because they must not be sent again forever.
 */
const unreadable = (items: readonly BatchItem[], status: number): Rejected[] =>
  items
    .filter((item) => !isSafe(item))
    .map((item) => ({ item, reason: mayHaveArrived('its answer could not be read', status) }))

/**
 * Asks Braze to accept an object of the same kind that changes nothing. Without that, a failure on a single
 * object could not be distinguished from an outage. If Braze rejects the probe, at least its edge is up; that
 * allows the search to go on, but it proves nothing against an object.
 */
async function isBrazeUp(sending: Sending, { array }: BatchItem): Promise<boolean> {
  const answer = await sending.ask([probe(array, sending.invocation.deps.now())])
  if (answer.kind === 'accepted') sending.accepted += 1
  if (answer.kind === 'rejected' || answer.kind === 'accepted') return true
  sending.halt ??= answer.kind === 'retry' ? { kind: 'outage', waitMs: answer.waitMs } : answer
  return false
}

/** Remembers how much Braze had accepted when it first failed on a request with these objects. */
function suspect({ suspectedAt, accepted }: Sending, items: readonly BatchItem[]): void {
  for (const item of items) if (!suspectedAt.has(item)) suspectedAt.set(item, accepted)
}

/**
 * Whether an object that Braze fails on alone is to blame: Braze has accepted something since it first failed
 * on a request with this object. That is decided immediately, because its message would go back otherwise,
 * and another environment would send the events beside it again. If Braze has accepted nothing, it may be an
 * outage, and the object waits.
 */
function isCulprit(sending: Sending, { item, reason }: Rejected): boolean {
  if (reason.code !== 'BRAZE_FAILS_ON_IT') return true
  const acceptedBefore = sending.suspectedAt.get(item)
  if (acceptedBefore !== undefined && sending.accepted > acceptedBefore) return true
  return messagesOf(sending, item).some(({ receives }) => receives >= LAST_RECEIVES)
}

/**
 * Records why the culprits are parked. An object made from one record is its own culprit. A merged object is
 * split: its records are halved and sent again until each culprit is alone. What Braze accepted of it is then
 * sent once more in one object, last, because Braze promises no order between requests.
 */
async function parkCulprits(sending: Sending, rejected: readonly Rejected[]): Promise<void> {
  await splitMerged(sending, rejected)
  await sendRestTogether(sending, rejected.map(({ item }) => item).filter(isMerged))
}

const isMerged = ({ records }: BatchItem) => records.length > 1

async function splitMerged(sending: Sending, rejected: readonly Rejected[]): Promise<void> {
  for (const culprit of rejected.filter(({ item }) => !isMerged(item)))
    if (isCulprit(sending, culprit)) recordRejected(sending, culprit)
  const merged = rejected.map(({ item }) => item).filter(isMerged)
  if (merged.length === 0) return
  await splitMerged(sending, await sendGroups(sending, merged.flatMap(firstHalf)))
  const inTurn = merged.filter((item) =>
    firstHalf(item)
      .flat()
      .every((half) => isDecided(sending, half)),
  )
  await splitMerged(sending, await sendGroups(sending, inTurn.flatMap(secondHalf)))
}

const middleOf = (records: readonly PendingRecord[]) => Math.ceil(records.length / 2)
const firstHalf = ({ records }: BatchItem) => asGroup(records.slice(0, middleOf(records)))
const secondHalf = ({ records }: BatchItem) => asGroup(records.slice(middleOf(records)))

function asGroup([first, ...others]: readonly PendingRecord[]): BatchItem[][] {
  return first ? [[toBatchItem([first, ...others])]] : []
}

/**
 * Until they have been sent together, the accepted records count as unsent, so that a search that is cut off
 * starts again.
 */
async function sendRestTogether(sending: Sending, merged: readonly BatchItem[]): Promise<void> {
  const { ledger } = sending.invocation.deps
  const rests: BatchItem[][] = []
  for (const { records } of merged) {
    const isCutOff = records.some((pendingRecord) => outcomeOf(ledger, pendingRecord) === undefined)
    const accepted = records.filter((pendingRecord) => outcomeOf(ledger, pendingRecord) === 'delivered')
    if (accepted.length === 1 && !isCutOff) continue
    for (const pendingRecord of accepted) forget(ledger, pendingRecord)
    if (!isCutOff) rests.push(...asGroup(accepted))
  }
  const rejected = await sendGroups(sending, rests)
  recordDelivered(
    sending,
    rejected.map(({ item }) => item),
  )
}

const isSafe = ({ records }: BatchItem) => records.every(({ mapped }) => mapped.safe)

/** Whether each record that the object was made from has an outcome. */
const isDecided = ({ invocation }: Sending, { records }: Pick<BatchItem, 'records'>) =>
  records.every((pendingRecord) => outcomeOf(invocation.deps.ledger, pendingRecord))

/** Returns the messages whose records the object was made from. */
const messagesOf = ({ invocation }: Sending, { records }: BatchItem) =>
  records.flatMap(({ messageId }) => invocation.received.get(messageId) ?? [])

function recordDelivered({ invocation, deliveredAt }: Sending, items: readonly BatchItem[]): void {
  const now = invocation.deps.now()
  for (const { messageId, index } of items.flatMap(({ records }) => records)) {
    record(invocation.deps.ledger, { messageId, index }, 'delivered')
    deliveredAt.set(messageId, now)
  }
}

function recordRejected({ invocation }: Sending, { item, reason }: Rejected): void {
  for (const pendingRecord of item.records) record(invocation.deps.ledger, pendingRecord, reason)
}
