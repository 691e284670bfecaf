import type { Piece } from './piece.ts'
import { messagesOf, type Run } from './run.ts'
import type { Rejected } from './send.ts'

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
