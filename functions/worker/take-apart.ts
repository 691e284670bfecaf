import { forget, outcomeOf } from './ledger.ts'
import { type Piece, type Source, toPiece } from './piece.ts'
import { isProven } from './prove.ts'
import { hasOutcome, markDelivered, type Run, refuse } from './run.ts'
import { type Rejected, send } from './send.ts'

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
