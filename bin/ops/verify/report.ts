import type { Identifier } from '../../../functions/shared/record.ts'
import type { CheckResult, ProfileCheck } from './check.ts'
import type { Difference } from './compare.ts'
import type { Expectation } from './expectation.ts'
import type { Gathered } from './gather.ts'

/** What was expected, and what was seen of it. */
export type Verdict = {
  gathered: Gathered
  /** Persons of whom a look can show something, and who can be looked up. */
  asked: readonly Expectation[]
  /** Persons of whom all that was sent is relative, or whom a look by external id or Braze id does not find. */
  unverifiable: readonly Expectation[]
  checked: CheckResult
}

/** What `--json` prints, and what the lines are made of. Numbers of rows count from 0, as the receiver's answers do. */
export type VerifyReport = {
  /** Every row was readable, every profile was asked for and holds what was sent, and there was one at least. */
  allHold: boolean
  /** Why not every profile was asked for. */
  ended?: string
  rows: { read: number; profiles: number; events: number; parked: Record<string, number> }
  persons: {
    asked: number
    hold: number
    differ: number
    notInBraze: number
    /** Not in Braze, and rightly so: updateExistingOnly. */
    notCreated: number
    notAsked: number
    /** Nothing of theirs can be shown by a look. */
    untold: number
  }
  values: {
    sent: number
    hold: number
    /** Additions, Braze's own fields that no export shows, and the like. */
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

/** Names of attributes and numbers of rows, and nothing of a person. */
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
