import { asciiJson } from '../../shared/ascii-json.ts'
import type { Refusal } from '../../shared/dead-letter.ts'
import { forget, isBegun, outcomeOf } from '../ledger.ts'
import type { ArrayName } from '../map/map.ts'
import { brazeFailsOnIt, mayHaveArrived, rejectedByBraze } from '../park-reasons.ts'
import { hasOutcome, markDelivered, messagesOf, type Run, refuse, troubleLane } from '../run.ts'
import { ask } from './ask.ts'
import { type Piece, pack, type Source, toPiece } from './batch.ts'
import type { Verdict } from './judge.ts'

/** A piece that Braze won't take, and why. Where it was merged, one of its records is the culprit. */
export type Rejected = { piece: Piece; refusal: Refusal }

/** Sends groups of pieces in order, each group in one request; records what Braze took, tells what it rejected. */
export async function send(run: Run, groups: readonly (readonly Piece[])[]): Promise<Rejected[]> {
  const rejected: Rejected[] = []
  for (const request of pack(groups)) rejected.push(...(await sendRequest(run, request)))
  return rejected
}

/**
 * Sends one request, and where it is refused or fails, halves it until the culprits stand alone.
 * @param failures how often it got 5xx in this invocation already.
 */
export async function sendRequest(run: Run, pieces: readonly Piece[], failures = 0): Promise<Rejected[]> {
  const [first] = pieces
  if (run.halt || !first) return []
  const answer = await ask(run, pieces)
  switch (answer.kind) {
    case 'taken':
      return taken(run, pieces, answer)
    case 'refused': {
      const refusal = rejectedByBraze(answer.words, answer.status)
      return pieces.length === 1 ? [{ piece: first, refusal }] : sendHalves(run, pieces)
    }
    case 'retry':
      troubleLanes(run, pieces, answer.waitMs)
      return failed(run, pieces, answer, failures + 1)
    default:
      run.halt = answer
      return []
  }
}

/** Thirty requests, as many as a search of 75 objects for one culprit takes, at half a second each. */
export const SEARCH_MS = 15_000

/** Who is stuck in the first half must not be overtaken by their own later events in the second. */
export async function sendHalves(run: Run, pieces: readonly Piece[]): Promise<Rejected[]> {
  if (!hasTimeToSearch(run, pieces)) {
    run.halt = { kind: 'out of time' }
    return []
  }
  const middle = Math.ceil(pieces.length / 2)
  const first = pieces.slice(0, middle)
  const left = await sendRequest(run, first)
  const stuck = stuckUsers(run, first, left)
  const right = await sendRequest(
    run,
    pieces.slice(middle).filter(({ user }) => !stuck.has(user)),
  )
  return [...left, ...right]
}

/**
 * A search that runs out of time leaves messages of which a part is delivered, and another environment would send that
 * part again. What is not safe to resend therefore goes back whole, as long as nothing of it is delivered.
 */
function hasTimeToSearch(run: Run, pieces: readonly Piece[]): boolean {
  const { now, ledger } = run.deps
  if (now() + SEARCH_MS < run.deadline || pieces.every(isSafe)) return true
  return pieces.flatMap((piece) => messagesOf(run, piece)).some(({ messageId }) => isBegun(ledger, messageId))
}

/** Those of whom something is neither delivered nor rejected. */
function stuckUsers(run: Run, pieces: readonly Piece[], rejected: readonly Rejected[]): Set<string> {
  const done = new Set(rejected.map(({ piece }) => piece))
  return new Set(
    pieces.filter((piece) => !done.has(piece) && !hasOutcome(run, piece)).map(({ user }) => user),
  )
}

type Taken = Extract<Verdict, { kind: 'taken' }>

async function taken(run: Run, pieces: readonly Piece[], answer: Taken): Promise<Rejected[]> {
  const rejected = answer.rejected.flatMap(({ array, index, words }) => {
    const piece = pieces.filter((candidate) => candidate.array === array)[index]
    return piece ? [{ piece, refusal: rejectedByBraze(words, answer.status) }] : []
  })
  const named = new Set(rejected.map(({ piece }) => piece))
  const others = pieces.filter((piece) => !named.has(piece))
  if (answer.unattributed === undefined) {
    if (others.length > 0) run.taken += 1
    markDelivered(run, others)
    return rejected
  }
  return [...rejected, ...(await unattributed(run, others, answer.unattributed, answer.status))]
}

/** Braze rejected some of these without saying which. What is safe to resend is asked again in halves. */
async function unattributed(
  run: Run,
  pieces: readonly Piece[],
  words: string,
  status: number,
): Promise<Rejected[]> {
  const [first] = pieces
  if (first && pieces.length === 1) return [{ piece: first, refusal: rejectedByBraze(words, status) }]
  if (pieces.every(isSafe)) return sendHalves(run, pieces)
  return pieces.map((piece) => ({ piece, refusal: mayHaveArrived(words, status) }))
}

export const isSafe = ({ sources }: Piece) => sources.every(({ mapped }) => mapped.safe)

/** Unsent, the messages of these pieces go back: remember that their lanes met trouble, and what they were told. */
function troubleLanes(run: Run, pieces: readonly Piece[], waitMs: number | undefined): void {
  for (const { lane } of pieces.flatMap((piece) => messagesOf(run, piece))) troubleLane(run, lane, waitMs)
}

/** From this receive on, a request that gets 5xx is searched for an object that Braze fails on. */
export const RECEIVES_BEFORE_SEARCH = 5

/** How often a single object gets 5xx in one invocation before that counts against it. */
export const FAILURES_ALONE = 3

type Retry = Extract<Verdict, { kind: 'retry' }>

/**
 * What to do with a request that got no answer, or none that can be used: mostly nothing, and its messages go back.
 * One that was received often is looked into, as long as Braze takes anything else: is it one object of it?
 * @param failures how often the request got 5xx in this invocation.
 */
export async function failed(
  run: Run,
  pieces: readonly Piece[],
  { failing, status, waitMs }: Retry,
  failures: number,
): Promise<Rejected[]> {
  const [first] = pieces
  if (!first || status === undefined || !isReceivedOften(run, pieces)) return []
  if (status < 300) return unreadable(pieces, status)
  if (!failing || waitMs !== undefined) return []
  suspect(run, pieces)
  if (pieces.length > 1) return (await isBrazeUp(run, first)) ? sendHalves(run, pieces) : []
  if (failures >= FAILURES_ALONE) return [{ piece: first, refusal: brazeFailsOnIt(status) }]
  // An outage may end between two requests: what counts is a failure after Braze took something else.
  if (failures === FAILURES_ALONE - 1 && !(await isBrazeUp(run, first))) return []
  return sendRequest(run, pieces, failures)
}

const isReceivedOften = (run: Run, pieces: readonly Piece[]) =>
  pieces.flatMap((piece) => messagesOf(run, piece)).some(({ receives }) => receives >= RECEIVES_BEFORE_SEARCH)

/** Braze said that it took them, in words nobody can read: events must not be sent again for ever. */
const unreadable = (pieces: readonly Piece[], status: number): Rejected[] =>
  pieces
    .filter((piece) => !isSafe(piece))
    .map((piece) => ({ piece, refusal: mayHaveArrived('its answer could not be read', status) }))

/**
 * Asks Braze to take an object of the same kind that changes nothing: a single object could else never be told from an
 * outage. A Braze that refuses it is up at its edge, which allows to search on and proves nothing against an object.
 */
async function isBrazeUp(run: Run, { array }: Piece): Promise<boolean> {
  const answer = await ask(run, [probe(array, run.deps.now())])
  if (answer.kind === 'taken') run.taken += 1
  if (answer.kind === 'refused' || answer.kind === 'taken') return true
  run.halt ??= answer.kind === 'retry' ? { kind: 'outage', waitMs: answer.waitMs } : answer
  return false
}

/** With nothing to compare, SQS would soon move the message itself, without a reason: it does after 1,000 receives. */
const LAST_RECEIVES = 900

/** Remembers how much Braze had taken when it first failed on a request with these objects. */
export function suspect({ suspectedAt, taken }: Run, pieces: readonly Piece[]): void {
  for (const piece of pieces) if (!suspectedAt.has(piece)) suspectedAt.set(piece, taken)
}

/**
 * Whether an object that Braze fails on alone is to blame: Braze took something since it first failed on a request with
 * this one. That is decided at once, since its message would go back for it, and another environment would send the
 * neighbours' events again. Where Braze took nothing, it may be an outage, and the object waits.
 */
export function isProven(run: Run, { piece, refusal }: Rejected): boolean {
  if (refusal.code !== 'BRAZE_FAILS_ON_IT') return true
  const takenBefore = run.suspectedAt.get(piece)
  if (takenBefore !== undefined && run.taken > takenBefore) return true
  return messagesOf(run, piece).some(({ receives }) => receives >= LAST_RECEIVES)
}

/** An id that nobody has. Should somebody have it, the attributes still change nothing. */
const NOBODY = { external_id: 'actioniq-braze-bridge-probe', _update_existing_only: true }

/**
 * An object that a Braze that is up takes like any other, and that changes nothing: it is for existing profiles only,
 * and there is none (Braze, "User attributes object", "Event object" and "Purchase object", `_update_existing_only`). Each kind has a way
 * of its own through Braze, so each has a probe of its own.
 * @param now milliseconds since the epoch.
 */
export function probe(array: ArrayName, now: number): Piece {
  return { array, user: '', sources: [], json: asciiJson({ ...NOBODY, ...contentOf(array, now) }) }
}

function contentOf(array: ArrayName, now: number): object {
  const time = new Date(now).toISOString()
  switch (array) {
    case 'attributes':
      return {}
    case 'events':
      return { name: 'actioniq_braze_bridge_probe', time }
    case 'purchases':
      return { product_id: 'actioniq_braze_bridge_probe', currency: 'USD', price: 1, time }
  }
}

/**
 * Refuses the culprits. An object of one record is its own; one that was merged is taken apart: its records are
 * halved and sent again until each culprit stands alone. What Braze accepted of it is then sent once more in one
 * object, last, since Braze promises no order between requests.
 */
export async function refuseCulprits(run: Run, rejected: readonly Rejected[]): Promise<void> {
  await search(run, rejected)
  await sendRestTogether(run, rejected.map(({ piece }) => piece).filter(isMerged))
}

const isMerged = ({ sources }: Piece) => sources.length > 1

async function search(run: Run, rejected: readonly Rejected[]): Promise<void> {
  for (const culprit of rejected.filter(({ piece }) => !isMerged(piece)))
    if (isProven(run, culprit)) refuse(run, culprit.piece, culprit.refusal)
  const merged = rejected.map(({ piece }) => piece).filter(isMerged)
  if (merged.length === 0) return
  await search(run, await send(run, merged.flatMap(firstHalf)))
  const inTurn = merged.filter((piece) =>
    firstHalf(piece)
      .flat()
      .every((half) => hasOutcome(run, half)),
  )
  await search(run, await send(run, inTurn.flatMap(secondHalf)))
}

const middle = (sources: readonly Source[]) => Math.ceil(sources.length / 2)
const firstHalf = ({ sources }: Piece) => asGroup(sources.slice(0, middle(sources)))
const secondHalf = ({ sources }: Piece) => asGroup(sources.slice(middle(sources)))

function asGroup([first, ...others]: readonly Source[]): Piece[][] {
  return first ? [[toPiece([first, ...others])]] : []
}

/** Until they have been sent together, the accepted records count as unsent: a search that was cut off starts anew. */
async function sendRestTogether(run: Run, merged: readonly Piece[]): Promise<void> {
  const { ledger } = run.deps
  const rests: Piece[][] = []
  for (const { sources } of merged) {
    const isCutOff = sources.some((source) => outcomeOf(ledger, source) === undefined)
    const accepted = sources.filter((source) => outcomeOf(ledger, source) === 'delivered')
    if (accepted.length === 1 && !isCutOff) continue
    for (const source of accepted) forget(ledger, source)
    if (!isCutOff) rests.push(...asGroup(accepted))
  }
  const rejected = await send(run, rests)
  markDelivered(
    run,
    rejected.map(({ piece }) => piece),
  )
}
