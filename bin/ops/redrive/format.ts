import { formatDuration } from '../../cli/duration.ts'
import { plural } from '../../cli/plural.ts'
import type { DeadLetter } from './dead-letter.ts'
import { DEAD_LETTERS_HIDDEN_SECONDS, type Listing } from './list.ts'
import type { RedriveOptions } from './options.ts'
import { acceptedAt } from './order.ts'
import { isRedriven, type PlannedDeadLetter, type PlannedPart, unreadableReason } from './plan.ts'
import { REASONS, type ReportedReason, reasonText } from './reasons.ts'
import type { ResendResult } from './resend.ts'

/** How many dead letters of each group are listed, unless all are requested. */
const MAX_NAMED = 20

/** Formats what goes back and what stays. It contains no personal data unless `show` is set. */
export function formatPlan(letters: readonly PlannedDeadLetter[], options: RedriveOptions): string[] {
  const count = options.queues.map(
    (queue) => `${letters.filter(({ deadLetter }) => deadLetter.queue === queue).length} in ${queue}`,
  )
  const plan = letters.filter(({ selected }) => selected)
  const notMeant = letters.length - plan.length
  return [
    `Dead letters: ${count.join(', ')}${notMeant > 0 ? `, ${notMeant} of them not asked for` : ''}`,
    ...goingBack(plan, options),
    ...REASONS.flatMap((reason) => staying(reason, plan, options)),
    ...sharedGroups(letters),
  ]
}

type Group = { planned: PlannedDeadLetter; parts: readonly PlannedPart[] }

function goingBack(plan: readonly PlannedDeadLetter[], options: RedriveOptions): string[] {
  const groups = groupsOf(plan, ({ decision }) => decision.kind === 'back')
  if (groups.length === 0) return ['', options.yes ? 'Nothing goes back.' : 'Nothing would go back.']
  const cut = groups.flatMap(({ parts }) => parts).filter(({ overtaken }) => overtaken).length
  return [
    '',
    `${options.yes ? 'Goes back' : 'Would go back'}: ${sizeOf(groups)}${duration(groups, options)}`,
    ...named(groups, options),
    ...(cut > 0
      ? [
          `  ${plural(cut, 'record')} of these without the attributes that a later letter sets: those stay, in a letter of their own, unless --include-stale is set`,
        ]
      : []),
  ]
}

function duration(groups: readonly Group[], { rate }: RedriveOptions): string {
  const records = groups.reduce((sum, { parts }) => sum + parts.length, 0)
  return `, in about ${formatDuration((records / rate) * 1_000)} at ${rate} records a second`
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
  return ['', `Stays: ${sizeOf(groups)}: ${why}`, `  ${what}`, ...named(groups, options)]
}

const groupsOf = (plan: readonly PlannedDeadLetter[], fits: (part: PlannedPart) => boolean): Group[] =>
  plan
    .map((planned) => ({ planned, parts: planned.parts.filter(fits) }))
    .filter(({ parts }) => parts.length > 0)

function sizeOf(groups: readonly Group[]): string {
  const records = groups.reduce((sum, { parts }) => sum + parts.length, 0)
  const letters = plural(groups.length, 'letter')
  return records === 0 ? letters : `${plural(records, 'record')} of ${letters}`
}

function named(groups: readonly Group[], { show }: RedriveOptions): string[] {
  const shown = show ? groups : groups.slice(0, MAX_NAMED)
  const more = groups.length - shown.length
  return [
    ...shown.flatMap(({ planned, parts }) => [
      `  ${deadLetterLine(planned.deadLetter, parts.length)}`,
      ...(show ? parts.map((part) => `    ${contentOf(planned, part)}`) : []),
    ]),
    ...(more > 0 ? [`  … and ${plural(more, 'letter')} more; --show names all`] : []),
  ]
}

/** The longest code has 23 characters. */
const CODE_WIDTH = 23

function deadLetterLine(letter: DeadLetter, records: number): string {
  const { messageId, queue, code } = letter
  const at = acceptedAt(letter)
  const accepted = at === 0 ? '' : `  accepted ${new Date(at).toISOString()}`
  return `${messageId}  ${queue.padEnd(8)}  ${code.padEnd(CODE_WIDTH)}${accepted}${records > 1 ? `  ${records} records` : ''}`
}

/** The record as it is sent, or, if it stays, as the dead letter holds it. */
function contentOf({ deadLetter: { content }, parts }: PlannedDeadLetter, part: PlannedPart): string {
  if (part.decision.kind === 'back') return part.decision.row.json
  const place = parts.indexOf(part)
  if (content.kind === 'message') return JSON.stringify(content.message.records[place])
  return content.kind === 'rows' ? JSON.stringify(content.envelope.rows[place]) : ''
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
        'Some of these letters share a group, of which SQS shows ten at a time: run this again until there are none.',
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
  if (listing === 'stopped') lines.push('Stopped before all letters were seen. Nothing was changed.')
  if (listing === 'cut short')
    lines.push(
      `There are more letters than one look takes, about ${visible.toLocaleString('en')}.${yes ? ' They follow in further rounds.' : ''}`,
    )
  if (hiddenElsewhere > 0)
    lines.push(
      `About ${plural(hiddenElsewhere, 'letter')} can't be seen now: the console or another run holds them, for ${DEAD_LETTERS_HIDDEN_SECONDS / 60} minutes at most.`,
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
  if (!yes) return ['', 'Nothing was changed. Add --yes to put back what would go.']
  return [
    '',
    `Put back: ${recordsOf(done)} of ${plural(done.size, 'letter')}.`,
    ...(complete
      ? []
      : [`${stopped ? 'Stopped' : 'Failed'} before the end. Nothing is lost: run it again for the rest.`]),
    ...(partlySent.size > 0
      ? [
          `Of ${plural(partlySent.size, 'letter')} something may be in the source queue already: run it again within five minutes, for later its events would be doubled.`,
        ]
      : []),
  ]
}

function recordsOf(letters: ReadonlySet<PlannedDeadLetter>): string {
  const records = [...letters].reduce((sum, { parts }) => sum + parts.length, 0)
  return plural(records, 'record')
}
