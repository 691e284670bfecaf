import { plural } from '../../local/plural.ts'
import type { PlannedLetter } from './plan.ts'
import type { PutBack } from './put-back.ts'
import type { RedriveOptions } from './redrive.ts'

/** What became of the plan, and what to do next. */
export function tellOutcome(
  plan: readonly PlannedLetter[],
  { done, begun }: PutBack,
  { yes }: RedriveOptions,
  stopped: boolean,
): string[] {
  const wanted = plan.filter(({ parts }) => parts.some(({ verdict }) => verdict.kind === 'back'))
  if (!yes) return wanted.length > 0 ? ['', 'Nothing was changed. Add --yes to put back what would go.'] : []
  if (wanted.length === 0) return []
  const left = wanted.length - done.size
  return [
    '',
    `Put back: ${recordsOf(done)} of ${plural(done.size, 'letter')}.`,
    ...(left > 0
      ? [
          `${stopped ? 'Stopped' : 'Failed'}: ${plural(left, 'letter')} still to be put back. Run it again; nothing is lost.`,
        ]
      : []),
    ...(begun.size > 0
      ? [
          `Of ${plural(begun.size, 'letter')} among them something may be in the source queue already: run it again within five minutes, for later its events would be doubled.`,
        ]
      : []),
  ]
}

function recordsOf(letters: ReadonlySet<PlannedLetter>): string {
  const records = [...letters].flatMap(({ parts }) => parts.filter(({ verdict }) => verdict.kind === 'back'))
  return plural(records.length, 'record')
}
