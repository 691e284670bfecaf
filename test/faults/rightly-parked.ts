import { type OracleDeadLetter, recordsOf, rowOf, type SentRecord } from './dead-letters.ts'
import { isUnclear, outlastsReceives } from './excuses.ts'
import { userName } from './rows.ts'
import type { FaultRun } from './run.ts'
import { FAILING_USER, POISON_USER, REJECTED_USER } from './scenario.ts'

/**
 * Promises 3 and 6: only bad records are parked, and for the right reason. Promise 7: each dead letter has a
 * reason.
 */
export function rightlyParked(run: FaultRun, deadLetters: OracleDeadLetter[]): string[] {
  const broken: string[] = []
  for (const deadLetter of deadLetters) {
    const code = deadLetter.failure?.code
    for (const record of recordsOf(deadLetter)) {
      if (!isRight(run, code, record))
        broken.push(`3: record ${rowOf(record)} of ${record.external_id} is parked as ${code}`)
    }
  }
  return broken.slice(0, 3)
}

function isRight(
  run: FaultRun,
  code: string | undefined,
  { external_id = '', type, attributes }: SentRecord,
) {
  switch (code) {
    case 'ATTRIBUTE_REFUSED':
      return attributes?.note !== undefined
    case 'REJECTED_BY_BRAZE':
      return (
        [REJECTED_USER, POISON_USER].map(userName).includes(external_id) || run.rejectedAlone.has(external_id)
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

/** An outage is left out on purpose: no object may be blamed for it. */
const answers5xx = ({ scenario: { brazeFaults } }: FaultRun) =>
  brazeFaults.some(({ fault }) => 'status' in fault && fault.status >= 500)
