import type { Refusal } from '../../shared/dead-letter.ts'
import type { Halt, Invocation } from '../invocation.ts'
import { forget, isBegun, outcomeOf, record } from '../ledger.ts'
import type { Source } from '../map/map.ts'
import { backOffLane, type Decision } from '../outcome.ts'
import { brazeFailsOnIt, mayHaveArrived, rejectedByBraze } from '../park-reasons.ts'
import type { BrazeSession } from './ask.ts'
import { type Piece, pack, toPiece } from './batch.ts'
import type { Verdict } from './judge.ts'
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
type Rejected = { piece: Piece; refusal: Refusal }

/** The state of one call of `deliver`. */
type Sending = {
  readonly invocation: Invocation
  readonly ask: BrazeSession['ask']
  /** Set once. From then on, everything unsent goes back. */
  halt: Halt | undefined
  readonly backedOff: Map<string, number | undefined>
  readonly deliveredAt: Map<string, number>
  /** The number of requests of which Braze accepted something. */
  accepted: number
  /** The value of `accepted` when Braze first failed on a request with this object. */
  readonly suspectedAt: Map<Piece, number>
}

/**
 * Sends groups of objects in order, each group in one request.
 * @returns what was decided. What became of each record is in the ledger; a record without an outcome was not
 * delivered.
 */
export async function deliver(
  invocation: Invocation,
  { ask }: BrazeSession,
  groups: readonly (readonly Piece[])[],
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

async function sendGroups(sending: Sending, groups: readonly (readonly Piece[])[]): Promise<Rejected[]> {
  const rejected: Rejected[] = []
  for (const request of pack(groups)) rejected.push(...(await sendRequest(sending, request)))
  return rejected
}

/** @param failures how often this request has already got 5xx in this call. */
async function sendRequest(sending: Sending, pieces: readonly Piece[], failures = 0): Promise<Rejected[]> {
  const [first] = pieces
  if (sending.halt || !first) return []
  const answer = await sending.ask(pieces)
  switch (answer.kind) {
    case 'taken':
      return onAccepted(sending, pieces, answer)
    case 'refused': {
      const refusal = rejectedByBraze(answer.words, answer.status)
      return pieces.length === 1 ? [{ piece: first, refusal }] : bisect(sending, pieces)
    }
    case 'retry':
      for (const { lane } of pieces.flatMap((piece) => messagesOf(sending, piece)))
        backOffLane(sending.backedOff, lane, answer.waitMs)
      return onServerError(sending, pieces, answer, failures + 1)
    default:
      sending.halt = answer
      return []
  }
}

/**
 * Sends the first half and then the second. A user who is stuck in the first half is left out of the second,
 * so that their own later events do not overtake them.
 */
async function bisect(sending: Sending, pieces: readonly Piece[]): Promise<Rejected[]> {
  if (!hasTimeToSearch(sending, pieces)) {
    sending.halt = { kind: 'out of time' }
    return []
  }
  const middle = Math.ceil(pieces.length / 2)
  const first = pieces.slice(0, middle)
  const left = await sendRequest(sending, first)
  const stuck = stuckUsers(sending, first, left)
  const second = pieces.slice(middle).filter(({ user }) => !stuck.has(user))
  return [...left, ...(await sendRequest(sending, second))]
}

/**
 * A search that runs out of time leaves messages partly delivered, and another environment would send the
 * delivered part again. When time is short, items that are not safe to resend therefore go back whole, as
 * long as nothing of their messages is delivered.
 */
function hasTimeToSearch(sending: Sending, pieces: readonly Piece[]): boolean {
  const { deps, deadline } = sending.invocation
  if (deps.now() + SEARCH_MS < deadline || pieces.every(isSafe)) return true
  return pieces
    .flatMap((piece) => messagesOf(sending, piece))
    .some(({ messageId }) => isBegun(deps.ledger, messageId))
}

/** Returns the users with an object that is neither delivered nor rejected. */
function stuckUsers(sending: Sending, pieces: readonly Piece[], rejected: readonly Rejected[]): Set<string> {
  const done = new Set(rejected.map(({ piece }) => piece))
  return new Set(
    pieces.filter((piece) => !done.has(piece) && !isDecided(sending, piece)).map(({ user }) => user),
  )
}

type Accepted = Extract<Verdict, { kind: 'taken' }>

async function onAccepted(sending: Sending, pieces: readonly Piece[], answer: Accepted): Promise<Rejected[]> {
  const rejected = answer.rejected.flatMap(({ array, index, words }) => {
    const piece = pieces.filter((candidate) => candidate.array === array)[index]
    return piece ? [{ piece, refusal: rejectedByBraze(words, answer.status) }] : []
  })
  const named = new Set(rejected.map(({ piece }) => piece))
  const others = pieces.filter((piece) => !named.has(piece))
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
  pieces: readonly Piece[],
  words: string,
  status: number,
): Promise<Rejected[]> {
  const [first] = pieces
  if (first && pieces.length === 1) return [{ piece: first, refusal: rejectedByBraze(words, status) }]
  if (pieces.every(isSafe)) return bisect(sending, pieces)
  return pieces.map((piece) => ({ piece, refusal: mayHaveArrived(words, status) }))
}

type Retry = Extract<Verdict, { kind: 'retry' }>

/**
 * Handles a request that got no answer, or none that can be used. Usually its messages go back. If one of
 * them was received often, the request is searched, as long as Braze accepts other objects: one of its
 * objects may be the reason.
 * @param failures how often the request got 5xx in this call.
 */
async function onServerError(
  sending: Sending,
  pieces: readonly Piece[],
  { failing, status, waitMs }: Retry,
  failures: number,
): Promise<Rejected[]> {
  const [first] = pieces
  if (!first || status === undefined || !isReceivedOften(sending, pieces)) return []
  if (status < 300) return unreadable(pieces, status)
  if (!failing || waitMs !== undefined) return []
  suspect(sending, pieces)
  if (pieces.length > 1) return (await isBrazeUp(sending, first)) ? bisect(sending, pieces) : []
  if (failures >= FAILURES_ALONE) return [{ piece: first, refusal: brazeFailsOnIt(status) }]
  // An outage may end between two requests, so only a failure after Braze accepted something else counts.
  if (failures === FAILURES_ALONE - 1 && !(await isBrazeUp(sending, first))) return []
  return sendRequest(sending, pieces, failures)
}

const isReceivedOften = (sending: Sending, pieces: readonly Piece[]) =>
  pieces
    .flatMap((piece) => messagesOf(sending, piece))
    .some(({ receives }) => receives >= RECEIVES_BEFORE_SEARCH)

/**
 * Braze said that it accepted these objects, in an answer that cannot be read. Events among them are parked,
 * because they must not be sent again forever.
 */
const unreadable = (pieces: readonly Piece[], status: number): Rejected[] =>
  pieces
    .filter((piece) => !isSafe(piece))
    .map((piece) => ({ piece, refusal: mayHaveArrived('its answer could not be read', status) }))

/**
 * Asks Braze to accept an object of the same kind that changes nothing. Without that, a failure on a single
 * object could not be distinguished from an outage. If Braze rejects the probe, at least its edge is up; that
 * allows the search to go on, but it proves nothing against an object.
 */
async function isBrazeUp(sending: Sending, { array }: Piece): Promise<boolean> {
  const answer = await sending.ask([probe(array, sending.invocation.deps.now())])
  if (answer.kind === 'taken') sending.accepted += 1
  if (answer.kind === 'refused' || answer.kind === 'taken') return true
  sending.halt ??= answer.kind === 'retry' ? { kind: 'outage', waitMs: answer.waitMs } : answer
  return false
}

/** Remembers how much Braze had accepted when it first failed on a request with these objects. */
function suspect({ suspectedAt, accepted }: Sending, pieces: readonly Piece[]): void {
  for (const piece of pieces) if (!suspectedAt.has(piece)) suspectedAt.set(piece, accepted)
}

/**
 * Whether an object that Braze fails on alone is to blame: Braze has accepted something since it first failed
 * on a request with this object. That is decided immediately, because its message would go back otherwise,
 * and another environment would send the events beside it again. If Braze has accepted nothing, it may be an
 * outage, and the object waits.
 */
function isCulprit(sending: Sending, { piece, refusal }: Rejected): boolean {
  if (refusal.code !== 'BRAZE_FAILS_ON_IT') return true
  const acceptedBefore = sending.suspectedAt.get(piece)
  if (acceptedBefore !== undefined && sending.accepted > acceptedBefore) return true
  return messagesOf(sending, piece).some(({ receives }) => receives >= LAST_RECEIVES)
}

/**
 * Records why the culprits are parked. An object made from one record is its own culprit. A merged object is
 * split: its records are halved and sent again until each culprit is alone. What Braze accepted of it is then
 * sent once more in one object, last, because Braze promises no order between requests.
 */
async function parkCulprits(sending: Sending, rejected: readonly Rejected[]): Promise<void> {
  await takeApart(sending, rejected)
  await sendRestTogether(sending, rejected.map(({ piece }) => piece).filter(isMerged))
}

const isMerged = ({ sources }: Piece) => sources.length > 1

async function takeApart(sending: Sending, rejected: readonly Rejected[]): Promise<void> {
  for (const culprit of rejected.filter(({ piece }) => !isMerged(piece)))
    if (isCulprit(sending, culprit)) recordRejected(sending, culprit)
  const merged = rejected.map(({ piece }) => piece).filter(isMerged)
  if (merged.length === 0) return
  await takeApart(sending, await sendGroups(sending, merged.flatMap(firstHalf)))
  const inTurn = merged.filter((piece) =>
    firstHalf(piece)
      .flat()
      .every((half) => isDecided(sending, half)),
  )
  await takeApart(sending, await sendGroups(sending, inTurn.flatMap(secondHalf)))
}

const middleOf = (sources: readonly Source[]) => Math.ceil(sources.length / 2)
const firstHalf = ({ sources }: Piece) => asGroup(sources.slice(0, middleOf(sources)))
const secondHalf = ({ sources }: Piece) => asGroup(sources.slice(middleOf(sources)))

function asGroup([first, ...others]: readonly Source[]): Piece[][] {
  return first ? [[toPiece([first, ...others])]] : []
}

/**
 * Until they have been sent together, the accepted records count as unsent, so that a search that is cut off
 * starts again.
 */
async function sendRestTogether(sending: Sending, merged: readonly Piece[]): Promise<void> {
  const { ledger } = sending.invocation.deps
  const rests: Piece[][] = []
  for (const { sources } of merged) {
    const isCutOff = sources.some((source) => outcomeOf(ledger, source) === undefined)
    const accepted = sources.filter((source) => outcomeOf(ledger, source) === 'delivered')
    if (accepted.length === 1 && !isCutOff) continue
    for (const source of accepted) forget(ledger, source)
    if (!isCutOff) rests.push(...asGroup(accepted))
  }
  const rejected = await sendGroups(sending, rests)
  recordDelivered(
    sending,
    rejected.map(({ piece }) => piece),
  )
}

const isSafe = ({ sources }: Piece) => sources.every(({ mapped }) => mapped.safe)

/** Whether each record that the object was made from has an outcome. */
const isDecided = ({ invocation }: Sending, { sources }: Pick<Piece, 'sources'>) =>
  sources.every((source) => outcomeOf(invocation.deps.ledger, source))

/** Returns the messages whose records the object was made from. */
const messagesOf = ({ invocation }: Sending, { sources }: Piece) =>
  sources.flatMap(({ messageId }) => invocation.received.get(messageId) ?? [])

function recordDelivered({ invocation, deliveredAt }: Sending, pieces: readonly Piece[]): void {
  const now = invocation.deps.now()
  for (const { messageId, index } of pieces.flatMap(({ sources }) => sources)) {
    record(invocation.deps.ledger, { messageId, index }, 'delivered')
    deliveredAt.set(messageId, now)
  }
}

function recordRejected({ invocation }: Sending, { piece, refusal }: Rejected): void {
  for (const source of piece.sources) record(invocation.deps.ledger, source, refusal)
}
