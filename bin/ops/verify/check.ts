import { userKey } from '../../../functions/shared/record.ts'
import { type Difference, differenceIn } from './compare.ts'
import type { Expectation } from './expectation.ts'
import { type Found, type HeldProfile, MAX_EXTERNAL_IDS, type Question } from './look-up.ts'
import { isStandard } from './standard-fields.ts'

export type Differing = { name: string; row: number; how: Difference; sent: unknown; held: unknown }

/** What a look at a person's profile showed. */
export type Seen =
  | { kind: 'holds'; values: number }
  | { kind: 'differs'; values: number; differences: readonly Differing[] }
  | { kind: 'not in Braze' }
  /** Nor should the person be: no row would create the profile. */
  | { kind: 'not created' }

/** Of each person that Braze was asked about. */
export type Checked = { seen: Map<Expectation, Seen>; ended: 'all' | 'stopped' | { problem: string } }

/** Asks Braze about persons, and compares. */
export async function check(
  expectations: readonly Expectation[],
  ask: (question: Question, fields: readonly string[]) => Promise<Found>,
  onSeen: (seen: ReadonlyMap<Expectation, Seen>) => void,
): Promise<Checked> {
  const seen: Checked['seen'] = new Map()
  for (const { question, of } of questions(expectations)) {
    const found = await ask(question, fieldsOf(of))
    if (found === 'stopped') return { seen, ended: 'stopped' }
    if ('problem' in found) return { seen, ended: found }
    const profiles = byUser(found)
    for (const expectation of of)
      seen.set(expectation, compare(expectation, profiles.get(userKey(expectation.user))))
    onSeen(seen)
  }
  return { seen, ended: 'all' }
}

function* questions(
  expectations: readonly Expectation[],
): Generator<{ question: Question; of: readonly Expectation[] }> {
  const byExternalId: Expectation[] = []
  for (const expectation of expectations) {
    const { user } = expectation
    if ('external_id' in user) byExternalId.push(expectation)
    else if ('braze_id' in user) yield { question: { braze_id: user.braze_id }, of: [expectation] }
  }
  for (let start = 0; start < byExternalId.length; start += MAX_EXTERNAL_IDS) {
    const of = byExternalId.slice(start, start + MAX_EXTERNAL_IDS)
    const external_ids = of.flatMap(({ user }) => ('external_id' in user ? [user.external_id] : []))
    yield { question: { external_ids }, of }
  }
}

const fieldsOf = (of: readonly Expectation[]) => [
  ...new Set(
    of.flatMap(({ wanted }) =>
      [...wanted].flatMap(([name, { kind }]) => (kind === 'value' && isStandard(name) ? [name] : [])),
    ),
  ),
]

function byUser(profiles: readonly HeldProfile[]): Map<string, HeldProfile> {
  const found = new Map<string, HeldProfile>()
  for (const profile of profiles) {
    const { external_id, braze_id } = profile
    if (external_id !== undefined) found.set(userKey({ external_id }), profile)
    if (braze_id !== undefined) found.set(userKey({ braze_id }), profile)
  }
  return found
}

function compare({ wanted, onlyExisting }: Expectation, held: HeldProfile | undefined): Seen {
  if (!held) return { kind: onlyExisting ? 'not created' : 'not in Braze' }
  let values = 0
  const differences: Differing[] = []
  for (const [name, want] of wanted) {
    if (want.kind === 'untold') continue
    values += 1
    const how = differenceIn(held, name, want.value)
    if (how)
      differences.push({
        name,
        row: want.row,
        how,
        sent: want.value,
        held: (isStandard(name) ? held.standard : held.custom)[name],
      })
  }
  return differences.length > 0 ? { kind: 'differs', values, differences } : { kind: 'holds', values }
}
