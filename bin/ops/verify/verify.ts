import type { RowReader } from '../../../functions/receiver/columns.ts'
import type { Identifier } from '../../../functions/shared/record.ts'
import type { StartProgress } from '../../cli/progress.ts'
import { type CheckResult, checkAndWait, type ProfileCheck } from './check.ts'
import type { Difference } from './compare.ts'
import { type Expectation, type Gathered, gather, type VerifySource } from './gather.ts'
import type { LookUpDeps } from './look-up.ts'

export type VerifyOptions = {
  /** Number of persons in the random sample; undefined for all. */
  sample: number | undefined
  seed: string
  /**
   * How long to repeat the check for persons whose profiles do not hold what was sent yet, in milliseconds.
   */
  waitMs: number
}

export type VerifyDeps = LookUpDeps & { startProgress: StartProgress }

/** The result of a look at profiles. Row numbers count from 0, as in the receiver's answers. */
export type VerifyReport = {
  /**
   * True if every row was readable, every profile was looked up and holds what was sent, and there was at
   * least one.
   */
  allHold: boolean
  /** Why some profiles were not looked up. */
  reason?: string
  rows: number
  profileRows: number
  events: number
  /** Rows that never reach Braze. */
  parked: number
  parkedByCode: { code: string; rows: number }[]
  persons: {
    asked: number
    hold: number
    differ: number
    notInBraze: number
    /** Not in Braze, as expected: updateExistingOnly. */
    notCreated: number
    notAsked: number
    /** Nothing that was sent for these persons can be seen in a profile. */
    unverifiable: number
  }
  values: {
    compared: number
    hold: number
    /** Values that no export shows, such as additions and some of Braze's own fields. */
    unverifiable: number
  }
  attributes: { name: string; compared: number; hold: number }[]
  failures: ProfileFailure[]
}

export type ProfileFailure = {
  /** The last row of the person. */
  row: number
  person: Identifier
  inBraze: boolean
  attributes: { name: string; row: number; how: Difference; sent: unknown; held?: unknown }[]
}

/** @returns the report with attribute names and row numbers, but no personal data. */
export const withoutValues = <Report extends Pick<VerifyReport, 'failures'>>({
  failures,
  ...report
}: Report) => ({
  ...report,
  failures: failures.map(({ row, inBraze, attributes }) => ({
    row,
    inBraze,
    attributes: attributes.map(({ name, row, how }) => ({ name, row, how })),
  })),
})

/** Determines what profiles should hold after rows were sent, and asks Braze whether they do. */
export async function verify(
  source: VerifySource,
  reader: RowReader,
  { sample, seed, waitMs }: VerifyOptions,
  deps: VerifyDeps,
): Promise<VerifyReport | { problem: string }> {
  const gathered = await gather(source, reader, { size: sample, seed })
  if ('problem' in gathered) return gathered
  const asked = gathered.expectations.filter(isVerifiable)
  const checked = await checkAndWait(asked, waitMs, deps.startProgress(asked.length, 'Profiles'), deps)
  return reportOf(gathered, asked.length, checked)
}

/** Whether a person can be looked up and the profile can show some of what was sent. */
const isVerifiable = ({ user, wanted }: Expectation) =>
  ('external_id' in user || 'braze_id' in user) && wanted.values().some(({ kind }) => kind === 'value')

function reportOf(gathered: Gathered, verifiable: number, { checks, ended }: CheckResult): VerifyReport {
  const count = (kind: ProfileCheck['kind']) =>
    [...checks.values()].filter((check) => check.kind === kind).length
  const attributes = attributeCounts(checks)
  const failures = [...checks].flatMap(failureOf).sort((a, b) => a.row - b.row)
  const { expectations, parked } = gathered
  const sumOf = (numbers: readonly number[]) => numbers.reduce((sum, number) => sum + number, 0)
  return {
    allHold: ended === 'all' && checks.size > 0 && failures.length === 0 && parked.size === 0,
    ...(ended !== 'all' && { reason: ended === 'stopped' ? 'stopped' : ended.problem }),
    rows: gathered.rows,
    profileRows: gathered.profileRows,
    events: gathered.eventRows,
    parked: sumOf([...parked.values()]),
    parkedByCode: [...parked].map(([code, rows]) => ({ code, rows })),
    persons: {
      asked: checks.size,
      hold: count('holds'),
      differ: count('differs'),
      notInBraze: count('not in Braze'),
      notCreated: count('not created'),
      notAsked: verifiable - checks.size,
      unverifiable: expectations.length - verifiable,
    },
    values: {
      compared: sumOf(attributes.map(({ compared }) => compared)),
      hold: sumOf(attributes.map(({ hold }) => hold)),
      unverifiable: sumOf(
        expectations.map(
          ({ wanted }) => [...wanted.values()].filter(({ kind }) => kind === 'unverifiable').length,
        ),
      ),
    },
    attributes,
    failures,
  }
}

const verifiableValues = ({ wanted }: Expectation) =>
  [...wanted].flatMap(([name, want]) =>
    want.kind === 'value' ? [{ name, row: want.row, sent: want.value }] : [],
  )

function attributeCounts(checks: CheckResult['checks']): VerifyReport['attributes'] {
  const counts = new Map<string, { compared: number; hold: number }>()
  for (const [expectation, check] of checks) {
    if (check.kind === 'not created') continue
    const differing = check.kind === 'differs' ? check.differences.map(({ name }) => name) : []
    for (const { name } of verifiableValues(expectation)) {
      const { compared, hold } = counts.get(name) ?? { compared: 0, hold: 0 }
      const holds = check.kind !== 'not in Braze' && !differing.includes(name)
      counts.set(name, { compared: compared + 1, hold: hold + (holds ? 1 : 0) })
    }
  }
  return [...counts].map(([name, count]) => ({ name, ...count }))
}

function failureOf([expectation, check]: [Expectation, ProfileCheck]): ProfileFailure[] {
  const { row, user: person } = expectation
  if (check.kind === 'differs') return [{ row, person, inBraze: true, attributes: [...check.differences] }]
  if (check.kind !== 'not in Braze') return []
  const attributes = verifiableValues(expectation).map((value) => ({ ...value, how: 'missing' as const }))
  return [{ row, person, inBraze: false, attributes }]
}
