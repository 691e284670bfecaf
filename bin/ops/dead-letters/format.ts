import { NO_ID } from '../../../functions/shared/display-id.ts'
import { RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import { formatDuration } from '../../cli/duration.ts'
import { printable } from '../../cli/lines.ts'
import { formatCount, plural } from '../../cli/plural.ts'
import { formatTime } from '../../cli/time.ts'
import { contentAsWritten, type DeadLetter, type ReceivedDeadLetter } from '../redrive/dead-letter.ts'
import { DEAD_LETTERS_HIDDEN_SECONDS } from '../redrive/list.ts'
import { type CodeGroup, groupByCause, recordsOf, SEVERAL } from './inspect.ts'
import type { ScanResult } from './scan.ts'

const RETENTION_MS = RETENTION_DAYS * 24 * 60 * 60 * 1_000

/**
 * @param sentAt milliseconds since the epoch.
 * @returns the time of expiry, also in milliseconds since the epoch. SQS deletes the dead letter then.
 */
const expiresAt = (sentAt: number) => sentAt + RETENTION_MS

/**
 * Formats the listing for the operator. Only the samples contain personal data.
 * @param samples dead letters to show with their content.
 * @param targetFlags the flags that select the target on a command line.
 */
export function formatGroups(
  scanned: ScanResult,
  samples: readonly DeadLetter[],
  targetFlags: string,
  now: number,
): string[] {
  const groups = groupByCause(scanned.deadLetters)
  const samplesByCode = Map.groupBy(samples, ({ code }) => code)
  return [
    headline(scanned),
    ...ageLines(scanned, now),
    ...groups.flatMap((group) => ['', ...groupLines(group, now)]),
    ...[...samplesByCode].flatMap(([code, ofCode]) => ['', `Of ${code}`, ...ofCode.flatMap(sampleLines)]),
    ...unseenLines(scanned),
    ...(groups.length > 0 ? ['', ...nextSteps(targetFlags)] : []),
  ]
}

const nextSteps = (targetFlags: string) => [
  'To see one in full, or what can be redriven:',
  `  npm run ops -- dead-letters show MESSAGE_ID ${targetFlags}`,
  `  npm run ops -- redrive ${targetFlags}`,
]

function headline({ total, deadLetters }: ScanResult): string {
  if (total === 0) return 'No dead letters.'
  const notSelected = total - deadLetters.length
  const others = notSelected > 0 ? ` Not selected: ${formatCount(notSelected)}.` : ''
  return `${sizeOf(deadLetters.length, recordsOf(deadLetters))}.${others}`
}

const sizeOf = (deadLetters: number, records: number) =>
  `${plural(deadLetters, 'dead letter')} with ${plural(records, 'record')}`

function ageLines({ deadLetters }: ScanResult, now: number): string[] {
  if (deadLetters.length === 0) return []
  const oldest = oldestOf(deadLetters)
  const expires = expiresAt(oldest)
  return [
    `The oldest arrived ${formatDuration(now - oldest)} ago and expires in ${formatDuration(expires - now)} (${formatTime(expires)}).`,
  ]
}

const oldestOf = (seen: ScanResult['deadLetters']) =>
  seen.reduce((oldest, { sentAt }) => Math.min(oldest, sentAt), Number.POSITIVE_INFINITY)

function groupLines(group: CodeGroup, now: number): string[] {
  const { code, queue, kind, connection, run, deadLetters, records, hint, messageId, oldestSentAt, reasons } =
    group
  const facts = [
    queue,
    ...(kind === 'rows' ? ['rows as they were sent'] : []),
    ...(connection === NO_ID ? [] : [`connection ${connection}`]),
    ...(run === NO_ID ? [] : [run === SEVERAL ? 'several runs' : `run ${run}`]),
  ]
  return [
    `${code}: ${sizeOf(deadLetters, records)}`,
    `  ${facts.join(', ')}`,
    `  oldest ${formatDuration(now - oldestSentAt)} ago, message id ${messageId}`,
    ...reasonLines(reasons, code),
    `  ${hint}`,
  ]
}

/** One bad column has one reason, but a long list of columns has many. */
const MAX_REASONS = 3

function reasonLines(reasons: readonly string[], code: string): string[] {
  if (reasons.length === 0 && code === 'REJECTED_BY_BRAZE')
    return ["  Braze's words may contain personal data: --values shows them."]
  const more = reasons.length - MAX_REASONS
  return [
    ...reasons.slice(0, MAX_REASONS).map((reason) => `  ${shortened(reason)}`),
    ...(more > 0 ? [`  and ${plural(more, 'more reason')}, which --values shows`] : []),
  ]
}

/** How much of the content of a dead letter is shown in the listing. */
const MAX_CHARACTERS = 400

const sampleLines = (deadLetter: DeadLetter) => [
  `  ${deadLetter.messageId}  ${shortened(deadLetter.reason ?? '')}`,
  `    ${shortened(contentOf(deadLetter))}`,
]

function contentOf({ content, body }: DeadLetter): string {
  const { records, rows } = contentAsWritten(body)
  if (content.kind === 'message') return JSON.stringify(records)
  return content.kind === 'rows' ? JSON.stringify(rows.map(({ row }) => row)) : body
}

function shortened(text: string): string {
  const line = printable(text)
  return line.length > MAX_CHARACTERS ? `${line.slice(0, MAX_CHARACTERS)}…` : line
}

/** Reports dead letters that the listing could not include. */
function unseenLines({ listing, unseen: { visible, hiddenElsewhere } }: ScanResult): string[] {
  const lines = []
  if (listing === 'stopped') lines.push('Stopped before all dead letters were listed.')
  if (listing === 'cut short')
    lines.push(`SQS shows no more at a time. About ${formatCount(visible)} more wait behind these.`)
  if (hiddenElsewhere > 0)
    lines.push(
      `About ${plural(hiddenElsewhere, 'dead letter')} could not be listed: the console or another command holds`,
      `them, for at most ${DEAD_LETTERS_HIDDEN_SECONDS / 60} minutes. Then run this again.`,
    )
  return lines.length > 0 ? ['', ...lines] : []
}

export const formatExport = (scanned: ScanResult, file: string): string[] =>
  scanned.listing === 'stopped'
    ? ['Stopped before all dead letters were listed. Nothing was written.']
    : [
        `Wrote ${sizeOf(scanned.deadLetters.length, recordsOf(scanned.deadLetters))} to ${file}.`,
        'The file holds personal data.',
        ...unseenLines(scanned),
      ]

/** Formats a dead letter as the AWS console shows it: its attributes and its unchanged body. */
export function formatDeadLetter(deadLetter: ReceivedDeadLetter, now: number): string[] {
  const { queue, messageId, sentAt, attributes, body } = deadLetter
  return [
    `Message id  ${messageId}`,
    `Queue       ${queue}`,
    `Arrived     ${formatTime(sentAt)}, ${formatDuration(now - sentAt)} ago`,
    `Expires     ${formatTime(expiresAt(sentAt))}`,
    ...Object.entries(attributes).map(([name, value]) => `${name.padEnd(11)} ${printable(value)}`),
    '',
    ...body.split('\n').map(printable),
  ]
}

/** What `--json` reports. It contains no personal data. */
export function deadLettersResult({ listing, total, deadLetters, unseen }: ScanResult): object {
  const oldest = deadLetters.length === 0 ? undefined : oldestOf(deadLetters)
  return {
    listing,
    deadLetters: deadLetters.length,
    records: recordsOf(deadLetters),
    notSelected: total - deadLetters.length,
    notListed: unseen.visible,
    hiddenElsewhere: unseen.hiddenElsewhere,
    ...(oldest !== undefined && {
      oldestSentAt: isoTime(oldest),
      firstExpiresAt: isoTime(expiresAt(oldest)),
    }),
    groups: groupByCause(deadLetters).map(({ oldestSentAt, connection, run, ...group }) => ({
      ...group,
      ...(connection !== NO_ID && { connection }),
      ...(run !== NO_ID && { run }),
      oldestSentAt: isoTime(oldestSentAt),
    })),
  }
}

const isoTime = (at: number) => new Date(at).toISOString()
