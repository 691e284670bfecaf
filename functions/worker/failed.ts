import { ask } from './ask.ts'
import type { Verdict } from './judge.ts'
import type { Piece } from './piece.ts'
import { probe } from './probe.ts'
import { suspect } from './prove.ts'
import { brazeFailsOnIt, mayHaveArrived } from './refusals.ts'
import { messagesOf, type Run } from './run.ts'
import { isSafe, type Rejected, sendHalves, sendRequest } from './send.ts'

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
