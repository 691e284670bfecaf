import { userKey } from '../../../functions/shared/record.ts'
import { formatCount } from '../../cli/plural.ts'
import type { ProgressReporter } from '../../cli/progress.ts'
import { type Difference, differenceIn, isStandard } from './compare.ts'
import type { Expectation } from './gather.ts'
import {
  type BrazeProfile,
  createProfileLookUp,
  type LookUpDeps,
  MAX_EXTERNAL_IDS,
  type ProfileLookUpResult,
  type ProfileQuery,
} from './look-up.ts'

export type AttributeDifference = { name: string; row: number; how: Difference; sent: unknown; held: unknown }

/** The result of comparing a person's profile. */
export type ProfileCheck =
  | { kind: 'holds'; values: number }
  | { kind: 'differs'; values: number; differences: readonly AttributeDifference[] }
  | { kind: 'not in Braze' }
  /** As expected: no row would create the profile. */
  | { kind: 'not created' }

/** The results for all persons that Braze was asked about. */
export type CheckResult = {
  checks: Map<Expectation, ProfileCheck>
  ended: 'all' | 'stopped' | { problem: string }
}

/** A write becomes visible after 2 to 4 seconds, sometimes 30. */
const AGAIN_AFTER_MS = 2_000

/** Repeats the check for `waitMs` for persons whose profiles do not hold what was sent yet. */
export async function checkAndWait(
  expectations: readonly Expectation[],
  waitMs: number,
  progress: ProgressReporter,
  deps: LookUpDeps,
): Promise<CheckResult> {
  const ask = createProfileLookUp(deps)
  let known = 0
  const checked = await checkProfiles(expectations, ask, (seen) => {
    known = seen.size
    progress.to(known, 'looked up')
  })
  const until = deps.now() + waitMs
  let open = failing(checked)
  while (checked.ended === 'all' && open.length > 0 && deps.now() < until) {
    progress.to(known, `${formatCount(open.length)} looked up again`)
    await deps.pause(Math.min(AGAIN_AFTER_MS, until - deps.now()))
    const again = await checkProfiles(open, ask, () => undefined)
    for (const [expectation, seen] of again.checks) checked.checks.set(expectation, seen)
    if (again.ended !== 'all') checked.ended = again.ended
    open = failing(checked)
  }
  progress.end(
    `${formatCount(checked.checks.size)} looked up, ${formatCount(open.length)} different or not in Braze.`,
  )
  return checked
}

const failing = ({ checks }: CheckResult) =>
  [...checks].flatMap(([expectation, { kind }]) =>
    kind === 'holds' || kind === 'not created' ? [] : [expectation],
  )

/** Asks Braze about persons and compares their profiles with the expectations. */
async function checkProfiles(
  expectations: readonly Expectation[],
  ask: (question: ProfileQuery, fields: readonly string[]) => Promise<ProfileLookUpResult>,
  onChecks: (checks: ReadonlyMap<Expectation, ProfileCheck>) => void,
): Promise<CheckResult> {
  const checks: CheckResult['checks'] = new Map()
  for (const { question, persons } of questions(expectations)) {
    const found = await ask(question, fieldsOf(persons))
    if (found === 'stopped') return { checks, ended: 'stopped' }
    if ('problem' in found) return { checks, ended: found }
    const profiles = byUser(found)
    for (const expectation of persons)
      checks.set(expectation, compare(expectation, profiles.get(userKey(expectation.user))))
    onChecks(checks)
  }
  return { checks, ended: 'all' }
}

function* questions(
  expectations: readonly Expectation[],
): Generator<{ question: ProfileQuery; persons: readonly Expectation[] }> {
  const byExternalId: Expectation[] = []
  for (const expectation of expectations) {
    const { user } = expectation
    if ('external_id' in user) byExternalId.push(expectation)
    else if ('braze_id' in user) yield { question: { braze_id: user.braze_id }, persons: [expectation] }
  }
  for (let start = 0; start < byExternalId.length; start += MAX_EXTERNAL_IDS) {
    const persons = byExternalId.slice(start, start + MAX_EXTERNAL_IDS)
    const external_ids = persons.flatMap(({ user }) => ('external_id' in user ? [user.external_id] : []))
    yield { question: { external_ids }, persons }
  }
}

const fieldsOf = (persons: readonly Expectation[]) => [
  ...new Set(
    persons.flatMap(({ wanted }) =>
      [...wanted].flatMap(([name, { kind }]) => (kind === 'value' && isStandard(name) ? [name] : [])),
    ),
  ),
]

function byUser(profiles: readonly BrazeProfile[]): Map<string, BrazeProfile> {
  const found = new Map<string, BrazeProfile>()
  for (const profile of profiles) {
    const { external_id, braze_id } = profile
    if (external_id !== undefined) found.set(userKey({ external_id }), profile)
    if (braze_id !== undefined) found.set(userKey({ braze_id }), profile)
  }
  return found
}

function compare({ wanted, onlyExisting }: Expectation, held: BrazeProfile | undefined): ProfileCheck {
  if (!held) return { kind: onlyExisting ? 'not created' : 'not in Braze' }
  let values = 0
  const differences: AttributeDifference[] = []
  for (const [name, want] of wanted) {
    if (want.kind === 'unverifiable') continue
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
