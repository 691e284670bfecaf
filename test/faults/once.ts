import {
  type Accepted,
  isPerhapsDelivered,
  type OracleDeadLetter,
  onceRowOf,
  recordsOf,
} from './dead-letters.ts'
import { losesVerdicts } from './excuses.ts'
import { incrementsIn } from './rows.ts'
import type { FaultRun } from './run.ts'

/**
 * Promises 1 and 4: each accepted event, purchase and increment arrives once or is parked, and more often only
 * if the faults explain it.
 */
export function eventsOnce(run: FaultRun, accepted: Accepted, deadLetters: OracleDeadLetter[]): string[] {
  const wanted = count(
    accepted.flatMap(({ records }) => records).flatMap((record) => onceRowOf(record) ?? []),
  )
  const arrived = arrivedRows(run)
  const parkedSure = count(
    deadLetters
      .filter((deadLetter) => !isPerhapsDelivered(deadLetter))
      .flatMap(recordsOf)
      .flatMap((record) => onceRowOf(record) ?? []),
  )
  const parkedPerhaps = new Set(deadLetters.filter(isPerhapsDelivered).flatMap(recordsOf).map(onceRowOf))
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

/** How often each event, purchase and increment has arrived, by the number of its row. */
function arrivedRows({ braze }: FaultRun): Map<number, number> {
  const arrived = count(
    [...braze.events(), ...braze.purchases()].flatMap(({ properties }) =>
      typeof properties.row === 'number' ? properties.row : [],
    ),
  )
  for (const { custom_attributes } of braze.profiles())
    for (const [row, value] of incrementsIn(custom_attributes)) arrived.set(row, Number(value))
  return arrived
}

function count(rows: number[]): Map<number, number> {
  const counted = new Map<number, number>()
  for (const row of rows) counted.set(row, (counted.get(row) ?? 0) + 1)
  return counted
}
