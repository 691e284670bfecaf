import { type Accepted, isPerhapsDelivered, type OracleDeadLetter, recordsOf, rowOf } from './dead-letters.ts'
import { losesVerdicts } from './excuses.ts'
import type { FaultRun } from './run.ts'

/**
 * Promises 1 and 4: each accepted event arrives once or is parked, and more often only if the faults explain
 * it.
 */
export function eventsOnce(run: FaultRun, accepted: Accepted, deadLetters: OracleDeadLetter[]): string[] {
  const wanted = count(
    accepted.flatMap(({ records }) => records).flatMap((record) => record.properties?.row ?? []),
  )
  const arrived = count(
    run.braze
      .events()
      .flatMap(({ properties }) => (typeof properties.row === 'number' ? properties.row : [])),
  )
  const parkedSure = count(
    deadLetters
      .filter((deadLetter) => !isPerhapsDelivered(deadLetter))
      .flatMap(recordsOf)
      .flatMap((record) => record.properties?.row ?? []),
  )
  const parkedPerhaps = new Set(deadLetters.filter(isPerhapsDelivered).flatMap(recordsOf).map(rowOf))
  const outcomeUnknown = new Set(
    run.seen.filter(({ applied, known }) => applied && !known).flatMap(({ events }) => events),
  )
  // The ledger of delivered events belongs to one environment and holds them only until their message is
  // done.
  const losesLedger = run.scenario.concurrency > 1 || run.kills + run.undeleted > 0
  const broken: string[] = []
  for (const [row, times] of wanted) {
    const there = arrived.get(row) ?? 0
    const parked = parkedSure.get(row) ?? 0
    if (there + parked < times && !parkedPerhaps.has(row))
      broken.push(`1: event ${row} was accepted ${times}×, arrived ${there}×, parked ${parked}×`)
    // SQS deduplicates a dead letter for five minutes only, and such a message comes back later than that.
    const parkedTwice = losesVerdicts(run) && parked > times && there === 0
    // Braze rejected the event once and it was parked, the verdict was lost, and Braze then accepted the
    // event.
    const takenLater = losesVerdicts(run) && parked > 0 && run.rejectedAlone.size > 0
    const excused =
      parkedTwice ||
      takenLater ||
      outcomeUnknown.has(row) ||
      run.excusedByKill.has(row) ||
      (losesLedger && run.excusedByCutOff.has(row)) ||
      parkedPerhaps.has(row)
    if (there + parked > times && !excused)
      broken.push(`4: event ${row} was accepted ${times}×, arrived ${there}×, parked ${parked}×`)
  }
  for (const row of arrived.keys()) if (!wanted.has(row)) broken.push(`4: event ${row} was never accepted`)
  return broken.slice(0, 3)
}

function count(rows: number[]): Map<number, number> {
  const counted = new Map<number, number>()
  for (const row of rows) counted.set(row, (counted.get(row) ?? 0) + 1)
  return counted
}
