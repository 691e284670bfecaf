import { readAccepted, readDeadLetters } from './dead-letters.ts'
import { finalState } from './final-state.ts'
import { enqueuedInOrder, eventsInOrder, neverTwoInFlight } from './in-order.ts'
import { answersMatchQueues, noRowsLost } from './no-rows-lost.ts'
import { nothingLeaked } from './nothing-leaked.ts'
import { eventsOnce } from './once.ts'
import { paceRespected, waitsRespected } from './pace-respected.ts'
import { rightlyParked } from './rightly-parked.ts'
import type { FaultRun } from './run.ts'

/**
 * @returns a sentence for each broken promise, starting with its number; an empty array if all promises held.
 * @throws ZodError if a message or a dead letter does not have the expected format.
 */
export function brokenPromises(run: FaultRun): string[] {
  const accepted = readAccepted(run)
  const deadLetters = readDeadLetters(run)
  return [
    ...(run.quiet ? [] : ['1: messages are still waiting']),
    ...noRowsLost(run, accepted, deadLetters),
    ...answersMatchQueues(run),
    ...eventsOnce(run, accepted, deadLetters),
    ...enqueuedInOrder(accepted),
    ...eventsInOrder(run, accepted, deadLetters),
    ...finalState(run, accepted, deadLetters),
    ...neverTwoInFlight(run),
    ...rightlyParked(run, deadLetters),
    ...paceRespected(run),
    ...waitsRespected(run),
    ...nothingLeaked(run, deadLetters),
  ]
}
