import { plural } from '../../local/plural.ts'
import { goesBack, type PlannedLetter } from './plan.ts'
import type { Redriven, RedriveOptions } from './redrive.ts'

/** What became of the plan, and what to do next. */
export function tellOutcome(
  plan: readonly PlannedLetter[],
  { done, begun, complete }: Omit<Redriven, 'plan'>,
  { yes }: RedriveOptions,
  stopped: boolean,
): string[] {
  if (!plan.some(goesBack)) return []
  if (!yes) return ['', 'Nothing was changed. Add --yes to put back what would go.']
  return [
    '',
    `Put back: ${recordsOf(done)} of ${plural(done.size, 'letter')}.`,
    ...(complete
      ? []
      : [`${stopped ? 'Stopped' : 'Failed'} before the end. Nothing is lost: run it again for the rest.`]),
    ...(begun.size > 0
      ? [
          `Of ${plural(begun.size, 'letter')} something may be in the source queue already: run it again within five minutes, for later its events would be doubled.`,
        ]
      : []),
  ]
}

function recordsOf(letters: ReadonlySet<PlannedLetter>): string {
  const records = [...letters].reduce((sum, { parts }) => sum + parts.length, 0)
  return plural(records, 'record')
}
