import type { Piece } from './piece.ts'
import { messagesOf, type Run } from './run.ts'
import type { Rejected } from './send.ts'

/** In so many invocations, so that a Braze that fails now and then convicts nobody by chance. */
const STRIKES_TO_REJECT = 2

/** Braze took something so shortly before it failed on an object that it was up then, as far as can be known. */
const LATELY_MS = 60_000

/** With nothing to compare, SQS would soon move the message itself, without a reason: it does after 1,000 receives. */
const LAST_RECEIVES = 900

/** What this environment knows of Braze from one invocation to the next. */
export type Suspicions = {
  /** When Braze last took something, in milliseconds since the epoch. */
  takenAt: number
  /** In how many invocations Braze failed on an object alone, by message id and the record's index. */
  strikes: Map<string, Map<number, number>>
}

export const noSuspicions = (): Suspicions => ({ takenAt: Number.NEGATIVE_INFINITY, strikes: new Map() })

/** What was known when Braze first failed on a request with an object. */
export type Suspected = {
  /** How many requests Braze had taken in this invocation. */
  taken: number
  /** It had taken something in the minute before. */
  lately: boolean
}

export function tookSomething(run: Run): void {
  run.taken += 1
  run.deps.suspicions.takenAt = run.deps.now()
}

export function suspect({ suspected, taken, deps }: Run, pieces: readonly Piece[]): void {
  const known: Suspected = {
    taken,
    lately: deps.now() - deps.suspicions.takenAt <= LATELY_MS,
  }
  for (const piece of pieces) if (!suspected.has(piece)) suspected.set(piece, known)
}

/**
 * Whether an object that Braze fails on alone is to blame. It is where Braze took others since it first failed on a
 * request with this one: at once, since their message would go back for it, and another environment would send their
 * events again. It is too where that happened in two invocations shortly after Braze had taken something. Where there
 * is nothing to compare, it may be an outage, though Braze still refuses an empty request: the object waits.
 */
export function isProven(run: Run, { piece, refusal }: Rejected): boolean {
  if (refusal.code !== 'BRAZE_FAILS_ON_IT') return true
  const before = run.suspected.get(piece)
  if (before && run.taken > before.taken) return true
  if (before?.lately && strike(run, piece) >= STRIKES_TO_REJECT) return true
  return messagesOf(run, piece).some(({ receives }) => receives >= LAST_RECEIVES)
}

/** @returns how many invocations of this environment the object failed in. */
function strike({ deps: { suspicions } }: Run, { sources }: Piece): number {
  const [source] = sources
  if (!source) return 0
  const ofMessage = suspicions.strikes.get(source.messageId) ?? new Map<number, number>()
  const times = (ofMessage.get(source.index) ?? 0) + 1
  suspicions.strikes.set(source.messageId, ofMessage.set(source.index, times))
  return times
}
