import { plural } from '../../cli/plural.ts'
import { alignColumns } from '../explain/align-columns.ts'
import { printable } from '../explain/printable.ts'
import type { ProfileFailure, VerifyReport } from './report.ts'

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
export function formatReport(report: VerifyReport, { values, sample, seed, targetFlags }: Shown): string[] {
  const { rows, persons, failures } = report
  const parked = Object.entries(rows.parked).map(([code, count]) => `${code} ${count}`)
  const lines = [
    ...labelled('Rows', [
      `${rows.read} read: ${rows.profiles} for profiles, ${plural(rows.events, 'event')}`,
      ...(rows.events > 0 ? ['Events can not be verified: no export of Braze shows a single one.'] : []),
      ...(parked.length > 0 ? [`Some of them never get to Braze, and are parked: ${parked.join(', ')}`] : []),
    ]),
    ...labelled('Profiles', profiles(report, sample, seed)),
    ...labelled('Values', [
      `${report.values.hold} of ${report.values.sent} hold`,
      ...(report.values.untold > 0
        ? [`${report.values.untold} more can not be verified: additions, or fields that Braze does not show`]
        : []),
    ]),
    ...labelled('Attributes', attributes(report)),
    ...labelled(
      'Differ',
      failures.slice(0, MAX_NAMED).flatMap((failure) => failureLines(failure, values)),
    ),
    ...labelled('', [
      ...(failures.length > MAX_NAMED ? [`and ${failures.length - MAX_NAMED} more: --json names all`] : []),
    ]),
    '',
    ...summaryLines(report),
  ]
  if (persons.asked > 0 && failures.length > 0) lines.push(...nextSteps(targetFlags))
  return lines.map(printable)
}

const LABEL = 'Attributes   '.length
const labelled = (label: string, lines: readonly string[]) =>
  lines.map((line, index) => `${(index === 0 ? label : '').padEnd(LABEL)}${line}`)

function profiles({ persons, ended }: VerifyReport, sample: number | undefined, seed: string): string[] {
  const { asked, hold, differ, notInBraze, notCreated, notAsked, untold } = persons
  return [
    `${asked} asked: ${hold} hold what was sent, ${differ} differ, ${notInBraze} not in Braze`,
    ...(sample === undefined ? [] : [`a sample of at most ${sample}; --seed ${seed} draws the same`]),
    ...(notCreated > 0
      ? [`${notCreated} more are not in Braze, and were to be updated only if they are`]
      : []),
    ...(untold > 0
      ? [`${untold} more can not be verified: only additions, or no external id and no Braze id`]
      : []),
    ...(notAsked > 0 ? [`${notAsked} were not asked for: ${ended}`] : []),
  ]
}

function attributes({ attributes: all }: VerifyReport): string[] {
  if (all.length === 0) return []
  const worst = all.toSorted((a, b) => b.sent - b.hold - (a.sent - a.hold))
  return [
    ...alignColumns([
      ['name', 'hold', 'sent'],
      ...worst.slice(0, MAX_ATTRIBUTES).map(({ name, hold, sent }) => [name, String(hold), String(sent)]),
    ]),
    ...(all.length > MAX_ATTRIBUTES ? [`and ${all.length - MAX_ATTRIBUTES} more`] : []),
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

function summaryLines({ allHold, persons, failures, ended, rows }: VerifyReport): string[] {
  if (allHold) return ['Every profile holds what was sent.']
  if (failures.length > 0)
    return [`${failures.length} of ${plural(persons.asked, 'profile')} do not hold what was sent.`]
  if (ended !== undefined) return [`Not all profiles were looked at: ${ended}`]
  if (persons.asked === 0) return ['Nothing here can be verified by a look at profiles.']
  const parked = Object.values(rows.parked).reduce((sum, count) => sum + count, 0)
  return [`Every profile holds what was sent, but ${plural(parked, 'row')} never got to Braze.`]
}

const nextSteps = (targetFlags: string) => [
  `What is missing may still be under way, or be parked: npm run ops -- dead-letters ${targetFlags} shows them.`,
  'Another value was written since, or Braze dropped it: it keeps the type that an attribute had first.',
]
