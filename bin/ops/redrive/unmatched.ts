import { isDisplayable } from '../../../functions/shared/display-id.ts'
import { didYouMean } from '../../cli/suggest.ts'
import type { RedriveChoice } from './options.ts'
import type { PlannedDeadLetter } from './plan.ts'

/** How many runs an error message lists. */
const MAX_LISTED_RUNS = 10

/**
 * @param plan all dead letters of the chosen queues that could be listed.
 * @param hidden about how many could not be listed.
 * @returns a sentence for each `--run` and `--letter` that no dead letter fits: most likely a typing error.
 */
export function findUnmatched(
  plan: readonly PlannedDeadLetter[],
  { run, deadLetterIds }: RedriveChoice,
  hidden: number,
): string[] {
  const ids = new Set(plan.flatMap(({ deadLetter: { messageId, dedupId } }) => [messageId, dedupId]))
  const missing = deadLetterIds.filter((id) => !ids.has(id))
  const runs = [...new Set(plan.flatMap(({ parts }) => parts.flatMap(({ part }) => part.run ?? [])))]
  return [
    ...missing.map((id) => `There is no ${visible(hidden)}dead letter ${id}.`),
    ...(run === undefined || runs.includes(run) ? [] : [unknownRun(run, runs, hidden)]),
  ]
}

/** @param runs the runs that dead letters belong to. Those whose id could be personal data are not listed. */
export function unknownRun(run: string, runs: readonly string[], hidden: number): string {
  const shown = runs.filter(isDisplayable)
  const listed = shown.slice(0, MAX_LISTED_RUNS).join(', ')
  const known =
    shown.length === 0 ? `No ${visible(hidden)}dead letter names a run.` : `Dead letters belong to ${listed}.`
  return `No ${visible(hidden)}dead letter belongs to run ${run}.${didYouMean(run, shown)} ${known}`
}

/** Nothing is known of dead letters that another command or the console holds. */
const visible = (hidden: number) => (hidden > 0 ? 'visible ' : '')
