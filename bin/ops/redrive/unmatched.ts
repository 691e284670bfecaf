import { DISPLAY_ID } from '../../../functions/shared/dead-letter.ts'
import { didYouMean } from '../../cli/suggest.ts'
import type { RedriveChoice } from './options.ts'
import type { PlannedDeadLetter } from './plan.ts'

/** How many runs an error message lists. */
const MAX_LISTED_RUNS = 10

/**
 * @param plan all dead letters of the chosen queues.
 * @returns a sentence for each `--run` and `--letter` that no dead letter fits: most likely a typing error.
 */
export function findUnmatched(
  plan: readonly PlannedDeadLetter[],
  { run, deadLetterIds }: RedriveChoice,
): string[] {
  const ids = new Set(plan.flatMap(({ deadLetter: { messageId, dedupId } }) => [messageId, dedupId]))
  const missing = deadLetterIds.filter((id) => !ids.has(id))
  const runs = [...new Set(plan.flatMap(({ parts }) => parts.flatMap(({ part }) => part.run ?? [])))]
  return [
    ...missing.map((id) => `There is no dead letter ${id}.`),
    ...(run === undefined || runs.includes(run) ? [] : [unknownRun(run, runs)]),
  ]
}

/** @param runs the runs that dead letters belong to. Those whose text is not safe to display are not listed. */
export function unknownRun(run: string, runs: readonly string[]): string {
  const shown = runs.filter((known) => DISPLAY_ID.test(known))
  const listed = shown.slice(0, MAX_LISTED_RUNS).join(', ')
  const known = shown.length === 0 ? 'No dead letter names a run.' : `Dead letters belong to ${listed}.`
  return `No dead letter belongs to run ${run}.${didYouMean(run, shown)} ${known}`
}
