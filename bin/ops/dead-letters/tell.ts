import { RETENTION_DAYS } from '../../../functions/shared/limits.ts'
import { NONE } from '../../../functions/shared/progress.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import { plural } from '../../local/plural.ts'
import { roughly } from '../duration.ts'
import { printable } from '../explain/printable.ts'
import type { HandedLetter } from '../redrive/letter.ts'
import { LISTED_SECONDS } from '../redrive/list.ts'
import type { Group } from './group.ts'
import type { Sample } from './sample.ts'
import { type Look, SEVERAL } from './seen.ts'

const RETENTION_MS = RETENTION_DAYS * 24 * 60 * 60 * 1_000

/** Both in milliseconds since the epoch. Nobody sees a letter that has expired any more. */
const expiresAt = (sentAt: number) => sentAt + RETENTION_MS

/** The listing for a person. Nothing in it is of people, but for the samples. */
export function tellGroups(
  look: Look,
  groups: readonly Group[],
  samples: ReadonlyMap<string, readonly Sample[]>,
  now: number,
): string[] {
  return [
    headline(look),
    ...ages(look, now),
    ...groups.flatMap((group) => ['', ...groupLines(group, now)]),
    ...[...samples].flatMap(([code, shown]) => ['', `Of ${code}`, ...shown.flatMap(sampleLines)]),
    ...notSeen(look),
    ...(groups.length > 0
      ? ['', 'dead-letters show <message id> shows one whole; redrive shows what can be put back.']
      : []),
  ]
}

function headline({ total, seen }: Look): string {
  if (total === 0) return 'No dead letters.'
  const notMeant = total - seen.length
  return `Dead letters: ${sizeOf(seen.length, recordsOf(seen))}${notMeant > 0 ? `, and ${notMeant} not asked for` : ''}`
}

const recordsOf = (seen: Look['seen']) => seen.reduce((sum, { records }) => sum + records, 0)

const sizeOf = (letters: number, records: number) =>
  `${plural(records, 'record')} in ${plural(letters, 'letter')}`

function ages({ seen }: Look, now: number): string[] {
  if (seen.length === 0) return []
  const oldest = oldestOf(seen)
  const expires = expiresAt(oldest)
  return [
    `The oldest came ${roughly(now - oldest)} ago, and is gone for good in ${roughly(expires - now)}, at ${new Date(expires).toISOString()}.`,
  ]
}

const oldestOf = (seen: Look['seen']) =>
  seen.reduce((oldest, { sentAt }) => Math.min(oldest, sentAt), Number.POSITIVE_INFINITY)

function groupLines(group: Group, now: number): string[] {
  const { code, queue, kind, connection, run, letters, records, hint, messageId, oldestSentAt } = group
  const facts = [
    queue,
    ...(kind === 'rows' ? ['rows as they were sent'] : []),
    ...(connection === NONE ? [] : [`connection ${connection}`]),
    ...(run === NONE ? [] : [run === SEVERAL ? 'several runs' : `run ${run}`]),
  ]
  return [
    `${code}: ${sizeOf(letters, records)}`,
    `  ${facts.join(', ')}`,
    `  oldest ${roughly(now - oldestSentAt)} ago, message id ${messageId}`,
    `  ${hint}`,
  ]
}

const sampleLines = ({ messageId, reason, content }: Sample) => [
  `  ${messageId}  ${reason}`,
  `    ${content}`,
]

/** What of the dead-letter queues was not seen. */
function notSeen({ listing, unseen: { visible, hiddenElsewhere } }: Look): string[] {
  const lines = []
  if (listing === 'stopped') lines.push('Stopped before all letters were seen.')
  if (listing === 'cut short')
    lines.push(
      `About ${visible.toLocaleString('en')} more letters stand behind these: SQS shows no more of a queue at a time.`,
    )
  if (hiddenElsewhere > 0)
    lines.push(
      `About ${plural(hiddenElsewhere, 'letter')} can't be seen now: the console or another command holds them, for ${LISTED_SECONDS / 60} minutes at most.`,
    )
  return lines.length > 0 ? ['', ...lines] : []
}

export function tellExport(look: Look, file: string): string[] {
  const { listing, seen } = look
  if (listing === 'stopped') return ['Stopped before all letters were seen: nothing was written.']
  return [
    `Wrote ${sizeOf(seen.length, recordsOf(seen))} to ${file}. It holds what they hold of people.`,
    ...notSeen(look),
  ]
}

/** A letter as the console shows it: its attributes, and its body as it stands. */
export function tellLetter(letter: HandedLetter, now: number): string[] {
  const { queue, messageId, sentAt, attributes, body } = letter
  const expires = expiresAt(sentAt)
  return [
    `Message ID  ${messageId}, of ${queue}`,
    `Sent        ${new Date(sentAt).toISOString()}, ${roughly(now - sentAt)} ago; expires ${new Date(expires).toISOString()}`,
    ...Object.entries(attributes).map(([name, value]) => `${name.padEnd(11)} ${printable(value)}`),
    '',
    ...body.split('\n').map(printable),
  ]
}

/** For machines: one object on one line. */
export function toJson(
  { listing, total, seen, unseen }: Look,
  groups: readonly Group[],
  queues: readonly QueueName[],
): string[] {
  const oldest = seen.length === 0 ? undefined : oldestOf(seen)
  return [
    JSON.stringify({
      queues,
      listing,
      letters: seen.length,
      records: recordsOf(seen),
      notAskedFor: total - seen.length,
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
