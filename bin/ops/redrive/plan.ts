import type { AcceptedRow } from '../../../functions/receiver/read/records.ts'
import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import { asciiJson } from '../../../functions/shared/ascii-json.ts'
import { isSafeToResend, type ProfileRecord, userKey } from '../../../functions/shared/record.ts'
import { map } from '../../../functions/worker/map/map.ts'
import { type DeadLetter, MOVED_BY_SQS } from './dead-letter.ts'
import type { RedriveChoice } from './options.ts'
import { type AcceptanceOrder, acceptedAt, withOrder } from './order.ts'
import { type DeadLetterPart, partsOf } from './parts.ts'
import { type LatestWrites, latestWrites, type ProfileWrite, splitOvertaken } from './stale.ts'

/** Why something stays in the dead-letter queue. */
export type StayReason =
  | 'not meant'
  | 'foreign'
  | 'newer version'
  | 'refused'
  | 'omitted'
  | 'nobody'
  | 'would fail'
  | 'doubtful'
  | 'too old'
  | 'overtaken'

export type RedriveDecision = { kind: 'back'; row: AcceptedRow } | { kind: 'stays'; reason: StayReason }

export type PlannedPart = {
  part: DeadLetterPart
  order: AcceptanceOrder
  /** Covers what no later dead letter sets. If later ones set everything, it covers the whole record. */
  decision: RedriveDecision
  /**
   * The attributes that a later dead letter also sets. They stay, and must be marked before that later dead
   * letter is redriven and deleted.
   */
  overtaken?: ProfileRecord
  /** The record without the overtaken attributes. */
  fresh?: ProfileRecord
}
export type PlannedDeadLetter = { deadLetter: DeadLetter; selected: boolean; parts: readonly PlannedPart[] }

/** With these codes, Braze may already have applied the record, and applying it again would double it. */
const DOUBTFUL_CODES = ['MAY_HAVE_ARRIVED', 'BRAZE_FAILS_ON_IT', 'WORKER_DIED', MOVED_BY_SQS]

/**
 * Decides for each record and row of the dead letters whether it goes back.
 * @param deadLetters all dead letters, including those that are not selected, because their records can be
 * newer or older than the selected ones.
 * @param now milliseconds since the epoch.
 */
export function planRedrive(
  deadLetters: readonly DeadLetter[],
  choice: RedriveChoice,
  now: number,
  settings: ReceiverSettings,
): PlannedDeadLetter[] {
  const parts = withOrder(
    deadLetters.flatMap((deadLetter) => partsOf(deadLetter, settings).map((part) => ({ deadLetter, part }))),
  )
  const latest = latestWrites(parts.flatMap(({ part, order }) => profileWriteOf(part, order) ?? []))
  const partsByDeadLetter = Map.groupBy(parts, ({ deadLetter }) => deadLetter)
  return deadLetters.map((deadLetter) => {
    const ofRun = ({ run }: DeadLetterPart) => choice.run === undefined || choice.run === run
    const own = partsByDeadLetter.get(deadLetter) ?? []
    const meant =
      isSelected(deadLetter, choice) && (choice.run === undefined || own.some(({ part }) => ofRun(part)))
    return {
      deadLetter,
      selected: meant,
      parts: own.map(({ part, order }) => ({
        part,
        order,
        ...decide(part, order, deadLetter, meant && ofRun(part), latest, choice, now),
      })),
    }
  })
}

function isSelected(
  { code, connection, messageId, dedupId, sentAt }: DeadLetter,
  choice: RedriveChoice,
): boolean {
  const { deadLetterIds, parkedBefore } = choice
  if (parkedBefore && sentAt > parkedBefore.at && !parkedBefore.except.has(dedupId)) return false
  if (deadLetterIds.length > 0 && !deadLetterIds.includes(messageId) && !deadLetterIds.includes(dedupId))
    return false
  if (choice.codes.length > 0 && !choice.codes.includes(code)) return false
  return choice.connection === undefined || choice.connection === connection
}

function profileWriteOf({ read }: DeadLetterPart, order: AcceptanceOrder): ProfileWrite | undefined {
  if (read.kind !== 'record' || read.row.record.type !== 'profile') return undefined
  return { user: userKey(read.row.user), record: read.row.record, order }
}

type PartDecision = Omit<PlannedPart, 'part' | 'order'>

/**
 * First removes what a later dead letter also sets, unless `includeStale` allows it to go back; then judges
 * the rest.
 */
function decide(
  part: DeadLetterPart,
  place: AcceptanceOrder,
  deadLetter: DeadLetter,
  selected: boolean,
  latest: LatestWrites,
  choice: RedriveChoice,
  now: number,
): PartDecision {
  const { read } = part
  if (read.kind !== 'record') return stay(selected ? read.kind : 'not meant')
  const write = profileWriteOf(part, place)
  const isFree = !write || deadLetter.overtaken || (choice.includeStale && selected)
  const { fresh, overtaken } = isFree ? {} : splitOvertaken(write, latest)
  if (!overtaken) return decideRest(read.row, deadLetter, selected, choice, now)
  if (!fresh) return { ...stay(selected ? 'overtaken' : 'not meant'), overtaken }
  const row = { ...read.row, record: fresh, json: asciiJson(fresh) }
  return { ...decideRest(row, deadLetter, selected, choice, now), overtaken, fresh }
}

function decideRest(
  row: AcceptedRow,
  letter: DeadLetter,
  selected: boolean,
  choice: RedriveChoice,
  now: number,
): PartDecision {
  if (!selected) return stay('not meant')
  if (!choice.includeDoubtful && DOUBTFUL_CODES.includes(letter.code) && !isSafeToResend(row.record))
    return stay('doubtful')
  // The worker would dead-letter it again without asking Braze.
  if ('code' in map(row.record, new Date(now).toISOString())) return stay('would fail')
  if (row.record.type === 'profile' && !choice.includeStale) {
    if (letter.overtaken) return stay('overtaken')
    if (now - acceptedAt(letter) > choice.maxAgeMs) return stay('too old')
  }
  return { decision: { kind: 'back', row } }
}

const stay = (reason: StayReason): PartDecision => ({ decision: { kind: 'stays', reason } })

export const isRedriven = ({ parts }: PlannedDeadLetter) =>
  parts.some(({ decision }) => decision.kind === 'back')

/**
 * @returns whether a dead letter goes back in part only, or holds something that must be marked as overtaken.
 */
export const mustBeSplit = (planned: PlannedDeadLetter) =>
  planned.parts.some(({ overtaken }) => overtaken !== undefined) ||
  (isRedriven(planned) && planned.parts.some(({ decision }) => decision.kind === 'stays'))

/** @returns why a selected dead letter cannot be read at all; undefined if it can be read. */
export function unreadableReason({
  deadLetter: { content },
  selected,
}: PlannedDeadLetter): StayReason | undefined {
  if (!selected) return undefined
  return content.kind === 'foreign' || content.kind === 'newer version' ? content.kind : undefined
}
