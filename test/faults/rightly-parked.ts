import { isUnclear, outlastsReceives } from './excuses.ts'
import { type Letter, recordsOf, rowOf, type SentRecord } from './letters.ts'
import { userName } from './rows.ts'
import type { Run } from './run.ts'
import { FAILING_USER, POISON_USER, REJECTED_USER } from './scenario.ts'

/** Promises 3 and 6: bad records are parked, for the right reason, and no others. Promise 7: each with a reason. */
export function rightlyParked(run: Run, letters: Letter[]): string[] {
  const broken: string[] = []
  for (const letter of letters) {
    const code = letter.failure?.code
    for (const record of recordsOf(letter)) {
      if (!isRight(run, code, record))
        broken.push(`3: record ${rowOf(record)} of ${record.external_id} is parked as ${code}`)
    }
  }
  return broken.slice(0, 3)
}

function isRight(run: Run, code: string | undefined, { external_id = '', type, attributes }: SentRecord) {
  switch (code) {
    case 'ATTRIBUTE_REFUSED':
      return attributes?.note !== undefined
    case 'REJECTED_BY_BRAZE':
      return (
        [REJECTED_USER, POISON_USER].map(userName).includes(external_id) || run.refusedAlone.has(external_id)
      )
    case 'MAY_HAVE_ARRIVED':
      return type === 'event' && isUnclear(run)
    case 'WORKER_DIED':
      return run.kills > 1
    case 'BRAZE_FAILS_ON_IT':
      return (
        answers5xx(run) ||
        outlastsReceives(run) ||
        (run.scenario.fates.failing && external_id === userName(FAILING_USER))
      )
    case undefined:
      return outlastsReceives(run)
    default:
      return false
  }
}

/** Not an outage: that must convict nobody. */
const answers5xx = ({ scenario: { brazeFaults } }: Run) =>
  brazeFaults.some(({ fault }) => 'status' in fault && fault.status >= 500)
