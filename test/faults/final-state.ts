import {
  type Accepted,
  isPerhapsDelivered,
  nameOf,
  type OracleDeadLetter,
  recordsOf,
  withheldNotes,
} from './dead-letters.ts'
import { outlastsReceives } from './excuses.ts'
import { incrementsIn, isFated } from './rows.ts'
import type { FaultRun } from './run.ts'

/** Promise 2: each attribute of a user has the value that was accepted last, leaving out parked records. */
export function finalState(run: FaultRun, accepted: Accepted, deadLetters: OracleDeadLetter[]): string[] {
  const isSpared = (user: string) => isFated(run.scenario, user) || run.rejectedAlone.has(user)
  return differences(run, accepted, deadLetters, isSpared)
}

/** @param isSpared whether to leave out a user, because nothing is expected of that profile. */
export function differences(
  run: FaultRun,
  accepted: Accepted,
  deadLetters: OracleDeadLetter[],
  isSpared: (external_id: string) => boolean,
): string[] {
  const withheld = withheldNotes(deadLetters)
  const parked = new Set(
    deadLetters
      .filter(({ failure }) => failure?.code !== 'ATTRIBUTE_REFUSED')
      .flatMap(recordsOf)
      .map(nameOf),
  )
  const doubtful = new Set(
    deadLetters
      // After so long an outage, healthy records are parked too, and memberships have no number to tell them apart.
      .filter((deadLetter) => isPerhapsDelivered(deadLetter) || outlastsReceives(run))
      .flatMap(recordsOf)
      .map(({ external_id }) => external_id),
  )
  const model = new Map<string, { [name: string]: unknown }>()
  for (const record of accepted.flatMap(({ records }) => records)) {
    const { external_id = '', type, memberships = [], attributes = {} } = record
    if (type !== 'profile' || parked.has(nameOf(record))) continue
    const profile = model.get(external_id) ?? {}
    const { note, ...others } = attributes
    Object.assign(profile, others, note !== undefined && !withheld.has(note) && { note })
    for (const { audience_id, split_id, member } of memberships)
      profile[`AIQ_${audience_id}_${split_id}`] = member
    model.set(external_id, profile)
  }
  const broken: string[] = []
  for (const [external_id, expected] of model) {
    if (isSpared(external_id) || doubtful.has(external_id)) continue
    const actual = run.braze.profile({ external_id })?.custom_attributes ?? {}
    for (const [name, value] of Object.entries(expected)) {
      if (incrementsIn({ [name]: value }).length > 0) continue
      if (actual[name] !== value)
        broken.push(`2: ${external_id} has ${name} = ${actual[name]}, and ${value} was accepted last`)
    }
  }
  return broken.slice(0, 3)
}
