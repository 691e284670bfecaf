import type { Refusal } from '../shared/failure.ts'
import { ask } from './ask.ts'
import { failed } from './failed.ts'
import type { Verdict } from './judge.ts'
import { isBegun } from './ledger.ts'
import { pack } from './pack.ts'
import type { Piece } from './piece.ts'
import { mayHaveArrived, rejectedByBraze } from './refusals.ts'
import { hasOutcome, markDelivered, messagesOf, type Run, troubleLane } from './run.ts'

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
