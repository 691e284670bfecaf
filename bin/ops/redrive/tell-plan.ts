import { plural } from '../../local/plural.ts'
import { roughly } from '../duration.ts'
import type { Letter } from './letter.ts'
import { acceptedAt } from './order.ts'
import { type PlannedLetter, type PlannedPart, unreadable } from './plan.ts'
import { reasonText, type ToldReason } from './reasons.ts'
import type { RedriveOptions } from './redrive.ts'

/** Of each group so many letters are named, unless all are asked for. */
const MAX_NAMED = 20

/** What goes back and what stays, without anything of a person unless `show` is set. */
export function tellPlan(letters: readonly PlannedLetter[], options: RedriveOptions): string[] {
  const count = options.queues.map(
    (queue) => `${letters.filter(({ letter }) => letter.queue === queue).length} in ${queue}`,
  )
  const plan = letters.filter(({ meant }) => meant)
  const notMeant = letters.length - plan.length
  return [
    `Dead letters: ${count.join(', ')}${notMeant > 0 ? `, ${notMeant} of them not asked for` : ''}`,
    ...goingBack(plan, options),
    ...REASONS.flatMap((reason) => staying(reason, plan, options)),
    ...sharedGroups(letters),
  ]
}

/** In the order in which they are told. */
export const REASONS: readonly ToldReason[] = [
  'too old',
  'overtaken',
  'doubtful',
  'refused',
  'omitted',
  'nobody',
  'newer version',
  'foreign',
]

type Group = { planned: PlannedLetter; parts: readonly PlannedPart[] }

function goingBack(plan: readonly PlannedLetter[], options: RedriveOptions): string[] {
  const groups = groupsOf(plan, ({ verdict }) => verdict.kind === 'back')
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
  return `, in about ${roughly((records / rate) * 1_000)} at ${rate} records a second`
}

function staying(reason: ToldReason, plan: readonly PlannedLetter[], options: RedriveOptions): string[] {
  const groups = plan
    .filter((planned) => unreadable(planned) === reason)
    .map((planned): Group => ({ planned, parts: [] }))
    .concat(groupsOf(plan, ({ verdict }) => verdict.kind === 'stays' && verdict.reason === reason))
  if (groups.length === 0) return []
  const { why, what } = reasonText(reason, options)
  return ['', `Stays: ${sizeOf(groups)}: ${why}`, `  ${what}`, ...named(groups, options)]
}

const groupsOf = (plan: readonly PlannedLetter[], fits: (part: PlannedPart) => boolean): Group[] =>
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
      `  ${letterLine(planned.letter, parts.length)}`,
      ...(show ? parts.map((part) => `    ${contentOf(planned, part)}`) : []),
    ]),
    ...(more > 0 ? [`  … and ${plural(more, 'letter')} more; --show names all`] : []),
  ]
}

/** The longest code has 23 letters. */
const CODE_WIDTH = 23

function letterLine(letter: Letter, records: number): string {
  const { messageId, queue, code } = letter
  const at = acceptedAt(letter)
  const accepted = at === 0 ? '' : `  accepted ${new Date(at).toISOString()}`
  return `${messageId}  ${queue.padEnd(8)}  ${code.padEnd(CODE_WIDTH)}${accepted}${records > 1 ? `  ${records} records` : ''}`
}

/** What is sent, or as it stands in the letter. */
function contentOf({ letter: { content }, parts }: PlannedLetter, part: PlannedPart): string {
  if (part.verdict.kind === 'back') return part.verdict.row.json
  const place = parts.indexOf(part)
  if (content.kind === 'message') return JSON.stringify(content.message.records[place])
  return content.kind === 'rows' ? JSON.stringify(content.letter.rows[place]) : ''
}

/** A message that SQS moved here keeps its lane as its group, of which one receive hands out ten at most. */
function sharedGroups(plan: readonly PlannedLetter[]): string[] {
  const groups = plan.map(({ letter: { queue, group } }) => `${queue} ${group}`)
  return new Set(groups).size < groups.length
    ? [
        '',
        'Some of these letters share a group, of which SQS shows ten at a time: run this again until there are none.',
      ]
    : []
}
