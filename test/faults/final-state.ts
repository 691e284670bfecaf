import { type Accepted, isPerhapsDelivered, type Letter, recordsOf, rowOf } from './letters.ts'
import { isFated } from './rows.ts'
import type { Run } from './run.ts'

/** Promise 2: the last accepted value of each user's attributes, leaving out what was parked. */
export function finalState(run: Run, accepted: Accepted, letters: Letter[]): string[] {
  const parked = new Set(letters.flatMap(recordsOf).map(rowOf))
  const doubtful = new Set(
    letters
      .filter(isPerhapsDelivered)
      .flatMap(recordsOf)
      .map(({ external_id }) => external_id),
  )
  const model = new Map<string, { [name: string]: unknown }>()
  for (const { external_id = '', type, memberships = [], attributes = {}, ...record } of accepted.flatMap(
    ({ records }) => records,
  )) {
    if (type !== 'profile' || parked.has(rowOf({ ...record, type, attributes }))) continue
    const profile = model.get(external_id) ?? {}
    Object.assign(profile, attributes)
    for (const { audience_id, split_id, member } of memberships)
      profile[`AIQ_${audience_id}_${split_id}`] = member
    model.set(external_id, profile)
  }
  const broken: string[] = []
  for (const [external_id, expected] of model) {
    if (isFated(run.scenario, external_id) || doubtful.has(external_id)) continue
    const actual = run.braze.profile({ external_id })?.custom_attributes ?? {}
    for (const [name, value] of Object.entries(expected)) {
      if (actual[name] !== value)
        broken.push(`2: ${external_id} has ${name} = ${actual[name]}, and ${value} was accepted last`)
    }
  }
  return broken.slice(0, 3)
}
