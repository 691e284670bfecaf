import { finalState } from './final-state.ts'
import { enqueuedInOrder, eventsInOrder, neverTwoInFlight } from './in-order.ts'
import { answersTrue, rowsKept } from './kept.ts'
import { readAccepted, readLetters } from './letters.ts'
import { eventsOnce } from './once.ts'
import { paced, waitsObeyed } from './pace-kept.ts'
import { rightlyParked } from './rightly-parked.ts'
import type { Run } from './run.ts'
import { silent } from './silent.ts'

/**
 * @returns every broken promise, in words that begin with its number; nothing when all were kept.
 * @throws ZodError where a message or a letter is not what it must be.
 */
export function brokenPromises(run: Run): string[] {
  const accepted = readAccepted(run)
  const letters = readLetters(run)
  return [
    ...(run.quiet ? [] : ['1: messages are still waiting']),
    ...rowsKept(run, accepted, letters),
    ...answersTrue(run),
    ...eventsOnce(run, accepted, letters),
    ...enqueuedInOrder(accepted),
    ...eventsInOrder(run, accepted, letters),
    ...finalState(run, accepted, letters),
    ...neverTwoInFlight(run),
    ...rightlyParked(run, letters),
    ...paced(run),
    ...waitsObeyed(run),
    ...silent(run, letters),
  ]
}
