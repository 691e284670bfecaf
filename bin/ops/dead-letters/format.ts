import { RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import { NO_ID } from '../../../functions/shared/progress.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { formatDuration } from '../../cli/duration.ts'
import { plural } from '../../cli/plural.ts'
import { printable } from '../explain/printable.ts'
import type { ReceivedDeadLetter } from '../redrive/dead-letter.ts'
import { DEAD_LETTERS_HIDDEN_SECONDS } from '../redrive/list.ts'
import type { CodeGroup } from './group.ts'
import { type ScanResult, SEVERAL } from './inspect.ts'
import type { DeadLetterSample } from './sample.ts'

const RETENTION_MS = RETENTION_DAYS * 24 * 60 * 60 * 1_000

/**
 * @param sentAt milliseconds since the epoch.
 * @returns the time of expiry, also in milliseconds since the epoch. SQS deletes the dead letter then.
 */
const expiresAt = (sentAt: number) => sentAt + RETENTION_MS

/** Formats the listing for the operator. Only the samples contain personal data. */
export function formatGroups(
  scanned: ScanResult,
  groups: readonly CodeGroup[],
  samples: ReadonlyMap<string, readonly DeadLetterSample[]>,
  now: number,
): string[] {
  return [
    headline(scanned),
    ...ageLines(scanned, now),
    ...groups.flatMap((group) => ['', ...groupLines(group, now)]),
    ...[...samples].flatMap(([code, ofCode]) => ['', `Of ${code}`, ...ofCode.flatMap(sampleLines)]),
    ...unseenLines(scanned),
    ...(groups.length > 0
      ? ['', 'dead-letters show <message id> shows one whole; redrive shows what can be put back.']
      : []),
  ]
}

function headline({ total, deadLetters }: ScanResult): string {
  if (total === 0) return 'No dead letters.'
  const notSelected = total - deadLetters.length
  return `Dead letters: ${sizeOf(deadLetters.length, recordsOf(deadLetters))}${notSelected > 0 ? `, and ${notSelected} not asked for` : ''}`
}

const recordsOf = (seen: ScanResult['deadLetters']) => seen.reduce((sum, { records }) => sum + records, 0)

const sizeOf = (letters: number, records: number) =>
  `${plural(records, 'record')} in ${plural(letters, 'letter')}`

function ageLines({ deadLetters }: ScanResult, now: number): string[] {
  if (deadLetters.length === 0) return []
  const oldest = oldestOf(deadLetters)
  const expires = expiresAt(oldest)
  return [
    `The oldest came ${formatDuration(now - oldest)} ago, and is gone for good in ${formatDuration(expires - now)}, at ${new Date(expires).toISOString()}.`,
  ]
}

const oldestOf = (seen: ScanResult['deadLetters']) =>
  seen.reduce((oldest, { sentAt }) => Math.min(oldest, sentAt), Number.POSITIVE_INFINITY)

function groupLines(group: CodeGroup, now: number): string[] {
  const { code, queue, kind, connection, run, letters, records, hint, messageId, oldestSentAt } = group
  const facts = [
    queue,
    ...(kind === 'rows' ? ['rows as they were sent'] : []),
    ...(connection === NO_ID ? [] : [`connection ${connection}`]),
    ...(run === NO_ID ? [] : [run === SEVERAL ? 'several runs' : `run ${run}`]),
  ]
  return [
    `${code}: ${sizeOf(letters, records)}`,
    `  ${facts.join(', ')}`,
    `  oldest ${formatDuration(now - oldestSentAt)} ago, message id ${messageId}`,
    `  ${hint}`,
  ]
}

const sampleLines = ({ messageId, reason, content }: DeadLetterSample) => [
  `  ${messageId}  ${reason}`,
  `    ${content}`,
]

/** Reports dead letters that the listing could not include. */
function unseenLines({ listing, unseen: { visible, hiddenElsewhere } }: ScanResult): string[] {
  const lines = []
  if (listing === 'stopped') lines.push('Stopped before all letters were seen.')
  if (listing === 'cut short')
    lines.push(
      `About ${visible.toLocaleString('en')} more letters stand behind these: SQS shows no more of a queue at a time.`,
    )
  if (hiddenElsewhere > 0)
    lines.push(
      `About ${plural(hiddenElsewhere, 'letter')} can't be seen now: the console or another command holds them, for ${DEAD_LETTERS_HIDDEN_SECONDS / 60} minutes at most.`,
    )
  return lines.length > 0 ? ['', ...lines] : []
}

export function formatExport(scanned: ScanResult, file: string): string[] {
  const { listing, deadLetters } = scanned
  if (listing === 'stopped') return ['Stopped before all letters were seen: nothing was written.']
  return [
    `Wrote ${sizeOf(deadLetters.length, recordsOf(deadLetters))} to ${file}. It holds what they hold of people.`,
    ...unseenLines(scanned),
  ]
}

/** Formats a dead letter as the AWS console shows it: its attributes and its unchanged body. */
export function formatDeadLetter(letter: ReceivedDeadLetter, now: number): string[] {
  const { queue, messageId, sentAt, attributes, body } = letter
  const expires = expiresAt(sentAt)
  return [
    `Message ID  ${messageId}, of ${queue}`,
    `Sent        ${new Date(sentAt).toISOString()}, ${formatDuration(now - sentAt)} ago; expires ${new Date(expires).toISOString()}`,
    ...Object.entries(attributes).map(([name, value]) => `${name.padEnd(11)} ${printable(value)}`),
    '',
    ...body.split('\n').map(printable),
  ]
}

/** Formats the listing as JSON: one object on one line. */
export function toJson(
  { listing, total, deadLetters, unseen }: ScanResult,
  groups: readonly CodeGroup[],
  queues: readonly QueueName[],
): string[] {
  const oldest = deadLetters.length === 0 ? undefined : oldestOf(deadLetters)
  return [
    JSON.stringify({
      queues,
      listing,
      letters: deadLetters.length,
      records: recordsOf(deadLetters),
      notAskedFor: total - deadLetters.length,
      behind: unseen.visible,
      hiddenElsewhere: Math.max(0, unseen.hiddenElsewhere),
      ...(oldest !== undefined && {
        oldestSentAt: new Date(oldest).toISOString(),
        firstExpiresAt: new Date(expiresAt(oldest)).toISOString(),
      }),
      groups: groups.map(({ oldestSentAt, ...group }) => ({
        ...group,
        oldestSentAt: new Date(oldestSentAt).toISOString(),
      })),
    }),
  ]
}
