import type { Identifier } from '../../../functions/shared/record.ts'
import type { CheckResult, ProfileCheck } from './check.ts'
import type { Difference } from './compare.ts'
import type { Expectation } from './expectation.ts'
import type { Gathered } from './gather.ts'

/** The expectations and the results of comparing them. */
export type Verdict = {
  gathered: Gathered
  /** Persons who can be looked up and whose profiles can show some of what was sent. */
  asked: readonly Expectation[]
  /** Persons for whom everything sent is relative, or who cannot be found by external id or Braze id. */
  unverifiable: readonly Expectation[]
  checked: CheckResult
}

/**
 * The output of `--json`, and the source of the printed lines. Row numbers count from 0, as in the receiver's
 * answers.
 */
export type VerifyReport = {
  /**
   * True if every row was readable, every profile was looked up and holds what was sent, and there was at
   * least one.
   */
  allHold: boolean
  /** Why some profiles were not looked up. */
  ended?: string
  rows: { read: number; profiles: number; events: number; parked: Record<string, number> }
  persons: {
    asked: number
    hold: number
    differ: number
    notInBraze: number
    /** Not in Braze, as expected: updateExistingOnly. */
    notCreated: number
    notAsked: number
    /** Nothing that was sent for these persons can be seen in a profile. */
    untold: number
  }
  values: {
    sent: number
    hold: number
    /** Values that no export shows, such as additions and some of Braze's own fields. */
    untold: number
  }
  attributes: { name: string; sent: number; hold: number }[]
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
export const withoutValues = ({ failures, ...report }: VerifyReport) => ({
  ...report,
  failures: failures.map(({ row, inBraze, attributes }) => ({
    row,
    inBraze,
    attributes: attributes.map(({ name, row, how }) => ({ name, row, how })),
  })),
})

export function reportOf({
  gathered,
  asked: verifiable,
  unverifiable,
  checked: { checks, ended },
}: Verdict): VerifyReport {
  const count = (kind: ProfileCheck['kind']) =>
    [...checks.values()].filter((check) => check.kind === kind).length
  const attributes = new Map<string, { sent: number; hold: number }>()
  const failures: ProfileFailure[] = []
  for (const [{ user, row, wanted }, one] of checks) {
    if (one.kind === 'not created') continue
    const differences = one.kind === 'differs' ? one.differences : []
    const failed = new Set(differences.map(({ name }) => name))
    const verifiable = [...wanted].flatMap(([name, want]) =>
      want.kind === 'value' ? [{ name, row: want.row, sent: want.value }] : [],
    )
    for (const { name } of verifiable) {
      const of = attributes.get(name) ?? { sent: 0, hold: 0 }
      of.sent += 1
      if (one.kind !== 'not in Braze' && !failed.has(name)) of.hold += 1
      attributes.set(name, of)
    }
    if (one.kind === 'not in Braze')
      failures.push({
        row,
        person: user,
        inBraze: false,
        attributes: verifiable.map((value) => ({ ...value, how: 'missing' as const })),
      })
    if (one.kind === 'differs')
      failures.push({ row, person: user, inBraze: true, attributes: [...differences] })
  }
  const values = [...attributes.values()]
  const persons = {
    asked: checks.size,
    hold: count('holds'),
    differ: count('differs'),
    notInBraze: count('not in Braze'),
    notCreated: count('not created'),
    notAsked: verifiable.length - checks.size,
    untold: unverifiable.length,
  }
  return {
    allHold: ended === 'all' && checks.size > 0 && failures.length === 0 && gathered.parked.size === 0,
    ...(ended !== 'all' && { ended: ended === 'stopped' ? 'stopped' : ended.problem }),
    rows: {
      read: gathered.rows,
      profiles: gathered.profileRows,
      events: gathered.eventRows,
      parked: Object.fromEntries(gathered.parked),
    },
    persons,
    values: {
      sent: values.reduce((sum, { sent }) => sum + sent, 0),
      hold: values.reduce((sum, { hold }) => sum + hold, 0),
      untold: [...verifiable, ...unverifiable].reduce(
        (sum, { wanted }) => sum + [...wanted.values()].filter(({ kind }) => kind === 'untold').length,
        0,
      ),
    },
    attributes: [...attributes].map(([name, counts]) => ({ name, ...counts })),
    failures: failures.sort((a, b) => a.row - b.row),
  }
}
