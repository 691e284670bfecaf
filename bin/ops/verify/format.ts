import { alignColumns, labelled, printable } from '../../cli/lines.ts'
import { formatCount, plural } from '../../cli/plural.ts'
import type { ProfileFailure, VerifyReport } from './verify.ts'

/** Enough for an operator to look through; `--json` lists all. */
const MAX_NAMED = 20
const MAX_ATTRIBUTES = 20

/** The options that the output depends on besides the report. */
export type Shown = {
  /** Number of persons in the random sample; undefined for all. */
  sample: number | undefined
  seed: string
  /** Show identifiers and values. */
  values: boolean
  /** The flags that select the target on a command line. */
  targetFlags: string
}

/**
 * Formats the report for the operator. Without `values`, it names rows and attributes, but contains no
 * personal data.
 */
export function formatReport(report: VerifyReport, shown: Shown): string[] {
  const { persons, failures, values } = report
  const lines = [
    ...labelled('Rows', rows(report)),
    ...labelled('Profiles', profiles(report, shown)),
    ...labelled('Values', [
      `${formatCount(values.hold)} of ${formatCount(values.compared)} in Braze as sent`,
      ...(values.unverifiable > 0
        ? [
            `${formatCount(values.unverifiable)} more cannot be verified: additions, or fields that Braze does not show`,
          ]
        : []),
    ]),
    ...labelled('Attributes', attributes(report)),
    ...labelled('Differ', [
      ...failures.slice(0, MAX_NAMED).flatMap((failure) => failureLines(failure, shown.values)),
      ...(failures.length > MAX_NAMED
        ? [`and ${formatCount(failures.length - MAX_NAMED)} more: --json lists all`]
        : []),
    ]),
    '',
    summaryLine(report),
  ]
  if (persons.asked > 0 && failures.length > 0) lines.push(...nextSteps(shown.targetFlags))
  return lines.map(printable)
}

function rows({ rows, profileRows, events, parked, parkedByCode }: VerifyReport): string[] {
  const codes = parkedByCode.map(({ code, rows }) => `${code} ${formatCount(rows)}`).join(', ')
  return [
    `${formatCount(rows)} read: ${formatCount(profileRows)} for profiles, ${plural(events, 'event')}`,
    ...(events > 0 ? ['Events cannot be verified: no export of Braze shows single events.'] : []),
    ...(parked > 0 ? [`${plural(parked, 'row')} cannot reach Braze and must be parked: ${codes}`] : []),
  ]
}

function profiles({ persons, reason }: VerifyReport, { sample, seed }: Shown): string[] {
  const { asked, hold, differ, notInBraze, notCreated, notAsked, unverifiable } = persons
  return [
    `${formatCount(asked)} looked up: ${formatCount(hold)} as sent, ${formatCount(differ)} different, ${formatCount(notInBraze)} not in Braze`,
    ...(sample === undefined
      ? []
      : [`a random sample of at most ${formatCount(sample)}; --seed ${seed} selects the same persons`]),
    ...(notCreated > 0
      ? [`${formatCount(notCreated)} more not in Braze, as expected: the rows would not create them`]
      : []),
    ...(unverifiable > 0
      ? [
          `${formatCount(unverifiable)} more cannot be verified: only additions, or no external id and no Braze id`,
        ]
      : []),
    ...(notAsked > 0 ? [`${formatCount(notAsked)} not looked up: ${reason}`] : []),
  ]
}

function attributes({ attributes: all }: VerifyReport): string[] {
  if (all.length === 0) return []
  const worst = all.toSorted((a, b) => b.compared - b.hold - (a.compared - a.hold))
  return [
    ...alignColumns([
      ['as sent', 'of', 'name'],
      ...worst
        .slice(0, MAX_ATTRIBUTES)
        .map(({ name, hold, compared }) => [formatCount(hold), formatCount(compared), name]),
    ]),
    ...(all.length > MAX_ATTRIBUTES ? [`and ${formatCount(all.length - MAX_ATTRIBUTES)} more`] : []),
  ]
}

function failureLines({ row, person, inBraze, attributes }: ProfileFailure, values: boolean): string[] {
  const who = values ? `  ${JSON.stringify(person)}` : ''
  if (!inBraze) return [`row ${row}${who}  not in Braze`]
  if (!values) return [`row ${row}  ${attributes.map(({ name, how }) => `${name} (${how})`).join(', ')}`]
  return [
    `row ${row}${who}`,
    ...attributes.map(
      ({ name, how, sent, held }) =>
        `  ${name} (${how}): sent ${JSON.stringify(sent)}, held ${JSON.stringify(held ?? null)}`,
    ),
  ]
}

function summaryLine({ allHold, persons, failures, reason, parked }: VerifyReport): string {
  if (allHold) return 'Every profile holds what was sent.'
  if (failures.length > 0)
    return `Profiles that do not hold what was sent: ${formatCount(failures.length)} of ${formatCount(persons.asked)}.`
  if (reason !== undefined) return `Not all profiles were looked up: ${reason}`
  if (persons.asked === 0) return 'Nothing in these rows can be verified with profiles.'
  return `Every profile holds what was sent, but ${plural(parked, 'row')} did not reach Braze.`
}

const nextSteps = (targetFlags: string) => [
  `What is missing may still be in progress, or be parked: npm run ops -- dead-letters ${targetFlags}`,
  'Another value was written later, or Braze dropped it: it keeps the type that an attribute had first.',
]
