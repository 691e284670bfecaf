import { formatDuration } from '../../cli/duration.ts'
import { formatCount, plural } from '../../cli/plural.ts'
import { formatTime } from '../../cli/time.ts'
import { contentAsWritten, type DeadLetter } from './dead-letter.ts'
import { DEAD_LETTERS_HIDDEN_SECONDS, type Listing } from './list.ts'
import type { RedriveOptions } from './options.ts'
import { acceptedAt } from './order.ts'
import { isRedriven, type PlannedDeadLetter, type PlannedPart, unreadableReason } from './plan.ts'
import { REASONS, type ReportedReason, reasonText } from './reasons.ts'
import type { ResendResult } from './resend.ts'

/** How many dead letters of each group are listed, unless all are requested. */
const MAX_NAMED = 20

/** Formats what is redriven and what stays. It contains no personal data unless `show` is set. */
export function formatPlan(deadLetters: readonly PlannedDeadLetter[], options: RedriveOptions): string[] {
  const counts = options.queues.map((queue) => {
    const ofQueue = deadLetters.filter(({ deadLetter }) => deadLetter.queue === queue)
    return `${formatCount(ofQueue.length)} in ${queue}`
  })
  const plan = deadLetters.filter(({ selected }) => selected)
  const notSelected = deadLetters.length - plan.length
  return [
    `Dead letters: ${counts.join(', ')}.${notSelected > 0 ? ` Not selected: ${formatCount(notSelected)}.` : ''}`,
    ...redriven(plan, options),
    ...REASONS.flatMap((reason) => staying(reason, plan, options)),
    ...sharedGroups(deadLetters),
  ]
}

type Group = { planned: PlannedDeadLetter; parts: readonly PlannedPart[] }

function redriven(plan: readonly PlannedDeadLetter[], options: RedriveOptions): string[] {
  const groups = groupsOf(plan, ({ decision }) => decision.kind === 'back')
  if (groups.length === 0) return ['', options.yes ? 'Nothing is redriven.' : 'Nothing would be redriven.']
  const cut = groups.flatMap(({ parts }) => parts).filter(({ overtaken }) => overtaken).length
  return [
    '',
    `${options.yes ? 'Redriving' : 'Would redrive'} ${sizeOf(groups)}${duration(groups, options)}`,
    ...named(groups, options),
    ...(cut > 0
      ? [
          `  ${plural(cut, 'record')} of these without the attributes that a later dead letter sets. They stay`,
          '  in a dead letter of their own, unless --include-stale is set.',
        ]
      : []),
  ]
}

function duration(groups: readonly Group[], { rate }: RedriveOptions): string {
  const records = groups.reduce((sum, { parts }) => sum + parts.length, 0)
  return `, in about ${formatDuration((records / rate) * 1_000)} at ${formatCount(rate)} records a second`
}

function staying(
  reason: ReportedReason,
  plan: readonly PlannedDeadLetter[],
  options: RedriveOptions,
): string[] {
  const groups = plan
    .filter((planned) => unreadableReason(planned) === reason)
    .map((planned): Group => ({ planned, parts: [] }))
    .concat(groupsOf(plan, ({ decision }) => decision.kind === 'stays' && decision.reason === reason))
  if (groups.length === 0) return []
  const { why, what } = reasonText(reason, options)
  return ['', `Stays: ${sizeOf(groups)}`, `  Why: ${why}`, `  Next: ${what}`, ...named(groups, options)]
}

const groupsOf = (plan: readonly PlannedDeadLetter[], fits: (part: PlannedPart) => boolean): Group[] =>
  plan
    .map((planned) => ({ planned, parts: planned.parts.filter(fits) }))
    .filter(({ parts }) => parts.length > 0)

function sizeOf(groups: readonly Group[]): string {
  const records = groups.reduce((sum, { parts }) => sum + parts.length, 0)
  const deadLetters = plural(groups.length, 'dead letter')
  return records === 0 ? deadLetters : `${plural(records, 'record')} of ${deadLetters}`
}

function named(groups: readonly Group[], { show }: RedriveOptions): string[] {
  const shown = show ? groups : groups.slice(0, MAX_NAMED)
  const more = groups.length - shown.length
  return [
    ...shown.flatMap(({ planned, parts }) => [
      ...deadLetterLines(planned.deadLetter, parts.length),
      ...(show ? parts.map((part) => `    ${contentOf(planned, part)}`) : []),
    ]),
    ...(more > 0 ? [`  … and ${plural(more, 'more dead letter')}, which --show lists too`] : []),
  ]
}

/** The longest code has 23 characters. */
const CODE_WIDTH = 23

function deadLetterLines(deadLetter: DeadLetter, records: number): string[] {
  const { messageId, queue, code } = deadLetter
  const at = acceptedAt(deadLetter)
  const facts = [
    code.padEnd(CODE_WIDTH),
    queue.padEnd('profiles'.length),
    ...(records > 0 ? [plural(records, 'record')] : []),
    ...(at === 0 ? [] : [`accepted ${formatTime(at)}`]),
  ]
  return [`  ${facts.join('  ').trimEnd()}`, `    message id ${messageId}`]
}

/** The record as it is sent, or, if it stays, as the dead letter holds it. */
function contentOf({ deadLetter: { content, body }, parts }: PlannedDeadLetter, part: PlannedPart): string {
  if (part.decision.kind === 'back') return part.decision.row.json
  const place = parts.indexOf(part)
  const { records, rows } = contentAsWritten(body)
  if (content.kind === 'message') return JSON.stringify(records[place])
  return content.kind === 'rows' ? JSON.stringify(rows[place]) : ''
}

/**
 * A message that SQS moved here keeps its lane as its group, and one receive returns at most ten messages of
 * a group.
 */
function sharedGroups(plan: readonly PlannedDeadLetter[]): string[] {
  const groups = plan.map(({ deadLetter: { queue, group } }) => `${queue} ${group}`)
  return new Set(groups).size < groups.length
    ? [
        '',
        'Some of these dead letters share a message group, of which SQS shows ten at a time.',
        'Run this again until there are none.',
      ]
    : []
}

/**
 * Reports dead letters that the listing could not include.
 * @param unseen how many dead letters exist besides those that were listed; SQS gives approximate numbers.
 */
export function formatListing(
  listing: Listing,
  unseen: { visible: number; hiddenElsewhere: number },
  { yes }: { yes: boolean },
): string[] {
  const { visible, hiddenElsewhere } = unseen
  const lines = []
  if (listing === 'stopped') lines.push('Stopped before all dead letters were listed. Nothing was changed.')
  if (listing === 'cut short')
    lines.push(
      `About ${plural(visible, 'more dead letter')} could not be listed in one round.${yes ? ' They follow in further rounds.' : ''}`,
    )
  if (hiddenElsewhere > 0)
    lines.push(
      `About ${plural(hiddenElsewhere, 'dead letter')} could not be listed: the console or another command holds`,
      `them, for at most ${DEAD_LETTERS_HIDDEN_SECONDS / 60} minutes. Then run this again.`,
    )
  return lines.length > 0 ? ['', ...lines] : []
}

/** Formats the outcome of the plan and the next step. */
export function formatOutcome(
  plan: readonly PlannedDeadLetter[],
  { done, partlySent, complete }: ResendResult & { complete: boolean },
  { yes }: RedriveOptions,
  stopped: boolean,
): string[] {
  if (!plan.some(isRedriven)) return []
  if (!yes) return ['', 'Nothing has been changed. --yes redrives them.']
  return [
    '',
    `Redriven: ${recordsOf(done)} of ${plural(done.size, 'dead letter')}.`,
    ...(complete
      ? []
      : [`${stopped ? 'Stopped' : 'Failed'} before the end. Nothing is lost. Run this again for the rest.`]),
    ...(partlySent.size > 0
      ? [
          `${plural(partlySent.size, 'dead letter')} may already be in the source queue in part. Run this again`,
          'within five minutes: after that, their events would be duplicated.',
        ]
      : []),
  ]
}

function recordsOf(done: ReadonlySet<PlannedDeadLetter>): string {
  const records = [...done].reduce((sum, { parts }) => sum + parts.length, 0)
  return plural(records, 'record')
}
