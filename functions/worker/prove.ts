import type { Piece } from './piece.ts'
import type { Run } from './run.ts'
import type { Rejected } from './send.ts'

/** In so many invocations, so that a Braze that fails now and then convicts nobody by chance. */
const STRIKES_TO_REJECT = 2

/** Remembers how much Braze had taken when it first failed on a request with these objects. */
export function suspect({ suspectedAt, taken }: Run, pieces: readonly Piece[]): void {
  for (const piece of pieces) if (!suspectedAt.has(piece)) suspectedAt.set(piece, taken)
}

/**
 * Whether an object that Braze fails on is to blame. It is where Braze took others since it first failed on a request
 * with this one: at once, since their message would go back for it, and another environment would send their events
 * again. With nothing to compare, two invocations must agree.
 */
export function isProven(run: Run, { piece, refusal }: Rejected): boolean {
  if (refusal.code !== 'BRAZE_FAILS_ON_IT') return true
  const takenBefore = run.suspectedAt.get(piece)
  if (takenBefore !== undefined && run.taken > takenBefore) return true
  return strike(run, piece) >= STRIKES_TO_REJECT
}

/** @returns how many invocations of this environment the object failed in. */
function strike({ deps: { strikes } }: Run, { sources }: Piece): number {
  const [source] = sources
  if (!source) return 0
  const ofMessage = strikes.get(source.messageId) ?? new Map<number, number>()
  const times = (ofMessage.get(source.index) ?? 0) + 1
  strikes.set(source.messageId, ofMessage.set(source.index, times))
  return times
}
