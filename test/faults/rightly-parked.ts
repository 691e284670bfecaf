import { type OracleDeadLetter, onceRowOf, recordsOf, rowOf, type SentRecord } from './dead-letters.ts'
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

function isRight(run: FaultRun, code: string | undefined, record: SentRecord) {
  const { external_id = '', attributes } = record
  const isFailing = run.scenario.fates.failing !== undefined && external_id === userName(FAILING_USER)
  const isSentOnce = onceRowOf(record) !== undefined
  switch (code) {
    case 'ATTRIBUTE_REFUSED':
      return attributes?.note !== undefined
    case 'REJECTED_BY_BRAZE':
      return (
        isFailing ||
        outlastsReceives(run) ||
        [REJECTED_USER, POISON_USER].map(userName).includes(external_id) ||
        run.rejectedAlone.has(external_id)
      )
    case 'MAY_HAVE_ARRIVED':
      return isFailing || (isSentOnce && isUnclear(run))
    case 'WORKER_DIED':
      return run.kills > 1
    case 'BRAZE_FAILS_ON_IT':
      return isFailing || failsOften(run) || isHitAlone(run, external_id) || outlastsReceives(run)
    case undefined:
      return outlastsReceives(run)
    default:
      return false
  }
}

/** An object must fail four times in one invocation to be blamed. */
const LEAST_FAILURES = 4

/** The failures of a request count for each object in it, so an object beside a failing one needs only two of its own. */
const LEAST_FAILURES_ALONE = 2

/** Whether the scenario's faults happened to hit this user's object when it was sent alone, as a verdict requires. */
const isHitAlone = ({ scenario: { brazeFaults }, seen }: FaultRun, user: string) =>
  brazeFaults.filter(({ nth }) => seen[nth]?.objects === 1 && seen[nth].users.includes(user)).length >=
  LEAST_FAILURES_ALONE

/** An outage is left out on purpose: no object may be blamed for it. */
const failsOften = ({ scenario: { brazeFaults } }: FaultRun) =>
  brazeFaults.filter(({ fault }) => fault.do !== 'rate limit').length >= LEAST_FAILURES
