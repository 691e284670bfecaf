import type { AcceptedRow } from '../../../functions/receiver/read/records.ts'
import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import { asciiJson } from '../../../functions/shared/ascii-json.ts'
import {
  isSafeToResend,
  type ProfileRecord,
  type QueueName,
  userKey,
} from '../../../functions/shared/record.ts'
import { type DeadLetter, MOVED_BY_SQS } from './dead-letter.ts'
import { type AcceptanceOrder, acceptedAt, withOrder } from './order.ts'
import { type DeadLetterPart, partsOf } from './parts.ts'
import { type LatestWrites, latestWrites, type ProfileWrite, splitOvertaken } from './stale.ts'

/** Which letters are meant, and what of them goes back that would stay otherwise. */
export type RedriveChoice = {
  /** Empty: all. */
  codes: readonly string[]
  /** Message ids of letters, or deduplication ids. Empty: all. */
  deadLetterIds: readonly string[]
  connection: string | undefined
  /** Of this run only. */
  run: string | undefined
  /** Profile records that were accepted longer ago stay. Milliseconds. */
  maxAgeMs: number
  includeStale: boolean
  includeDoubtful: boolean
  /** What came in later stays, unless this run has written it itself: it may have been put back just now. */
  parkedBefore?: { at: number; except: ReadonlySet<string> }
}

export type RedriveOptions = RedriveChoice & {
  queues: readonly QueueName[]
  /** So many records a second. */
  rate: number
  /** Do it; else it is only shown. */
  yes: boolean
  /** Show every letter, with what it holds of people. */
  show: boolean
}

/** Why something stays where it is. */
export type StayReason =
  | 'not meant'
  | 'foreign'
  | 'newer version'
  | 'refused'
  | 'omitted'
  | 'nobody'
  | 'doubtful'
  | 'too old'
  | 'overtaken'

export type RedriveDecision = { kind: 'back'; row: AcceptedRow } | { kind: 'stays'; reason: StayReason }

export type PlannedPart = {
  part: DeadLetterPart
  order: AcceptanceOrder
  /** On what a later letter doesn't set anew; on all, where it sets everything. */
  decision: RedriveDecision
  /** What a later letter sets anew. It stays, and must be marked before that letter goes back and is forgotten. */
  overtaken?: ProfileRecord
  /** What is left without it. */
  fresh?: ProfileRecord
}
export type PlannedDeadLetter = { deadLetter: DeadLetter; selected: boolean; parts: readonly PlannedPart[] }

/** Codes under which Braze may have applied the record, and applying it once more would double it. */
const DOUBTFUL_CODES = ['MAY_HAVE_ARRIVED', 'BRAZE_FAILS_ON_IT', 'WORKER_DIED', MOVED_BY_SQS]

/**
 * Decides for each record and row of the letters whether it goes back.
 * @param deadLetters all of them, also those that are not meant: what is in them can be newer or older than what is.
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

/** First takes away what a later letter sets anew, unless that is to go back too; then judges the rest. */
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
  if (row.record.type === 'profile' && !choice.includeStale) {
    if (letter.overtaken) return stay('overtaken')
    if (now - acceptedAt(letter) > choice.maxAgeMs) return stay('too old')
  }
  return { decision: { kind: 'back', row } }
}

const stay = (reason: StayReason): PartDecision => ({ decision: { kind: 'stays', reason } })

export const isRedriven = ({ parts }: PlannedDeadLetter) =>
  parts.some(({ decision }) => decision.kind === 'back')

/** Goes back in part only, or holds what must be marked as overtaken. */
export const mustBeSplit = (planned: PlannedDeadLetter) =>
  planned.parts.some(({ overtaken }) => overtaken !== undefined) ||
  (isRedriven(planned) && planned.parts.some(({ decision }) => decision.kind === 'stays'))

/** Why nothing of a letter can be read, where that is so. */
export function unreadableReason({
  deadLetter: { content },
  selected,
}: PlannedDeadLetter): StayReason | undefined {
  if (!selected) return undefined
  return content.kind === 'foreign' || content.kind === 'newer version' ? content.kind : undefined
}
