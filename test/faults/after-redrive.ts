import { onceRowOf, readAccepted, readDeadLetters, recordsOf } from './dead-letters.ts'
import { differences } from './final-state.ts'
import { REDRIVABLE_CODES } from './redrive-all.ts'
import { incrementsIn } from './rows.ts'
import type { FaultRun } from './run.ts'

/**
 * Promise 7, judged after the causes were fixed and all redrivable dead letters were redriven: no redrivable
 * dead letter is left, each accepted event either arrived or still has a dead letter, and the final state
 * matches a model in which the redriven records were accepted a second time.
 */
export function brokenAfterRedrive(run: FaultRun): string[] {
  const accepted = readAccepted(run)
  const deadLetters = readDeadLetters(run)
  const left = deadLetters.filter(({ failure }) => REDRIVABLE_CODES.includes(failure?.code ?? 'MOVED_BY_SQS'))
  const here = new Set([
    ...[...run.braze.events(), ...run.braze.purchases()].map(({ properties }) => properties.row),
    ...run.braze.profiles().flatMap((profile) => incrementsIn(profile.custom_attributes).map(([row]) => row)),
    ...deadLetters.flatMap(recordsOf).map(onceRowOf),
  ])
  const lost = accepted
    .flatMap(({ records }) => records)
    .flatMap((record) => onceRowOf(record) ?? [])
    .filter((row) => !here.has(row))
  return [
    ...(run.quiet ? [] : ['7: what was put back is still waiting']),
    ...(left.length > 0 ? [`7: ${left.length} letters were not put back for good`] : []),
    ...(lost.length > 0 ? [`7: events ${lost.slice(0, 5)} were lost in putting back`] : []),
    ...differences(run, accepted, deadLetters, () => false),
  ]
}
