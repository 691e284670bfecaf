import type { ReadRow } from '../../../functions/receiver/read/records.ts'
import type { Settings } from '../../../functions/receiver/settings.ts'
import { asciiJson } from '../../../functions/shared/ascii-json.ts'
import {
  isSafeToResend,
  type ProfileRecord,
  type QueueName,
  userKey,
} from '../../../functions/shared/record.ts'
import { type Letter, MOVED_BY_SQS } from './letter.ts'
import { acceptedAt, type Place, placed } from './order.ts'
import { type Part, partsOf } from './parts.ts'
import { type Change, type LatestWrites, latestWrites, splitOvertaken } from './stale.ts'

/** Which letters are meant, and what of them goes back that would stay otherwise. */
export type Choice = {
  /** Empty: all. */
  codes: readonly string[]
  /** Message ids of letters, or deduplication ids. Empty: all. */
  letters: readonly string[]
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

export type RedriveOptions = Choice & {
  queues: readonly QueueName[]
  /** So many records a second. */
  rate: number
  /** Do it; else it is only shown. */
  yes: boolean
  /** Show every letter, with what it holds of people. */
  show: boolean
}

/** Why something stays where it is. */
export type Reason =
  | 'not meant'
  | 'foreign'
  | 'newer version'
  | 'refused'
  | 'omitted'
  | 'nobody'
  | 'doubtful'
  | 'too old'
  | 'overtaken'

export type Verdict = { kind: 'back'; row: ReadRow } | { kind: 'stays'; reason: Reason }

export type PlannedPart = {
  part: Part
  place: Place
  /** On what a later letter doesn't set anew; on all, where it sets everything. */
  verdict: Verdict
  /** What a later letter sets anew. It stays, and must be marked before that letter goes back and is forgotten. */
  overtaken?: ProfileRecord
  /** What is left without it. */
  fresh?: ProfileRecord
}
export type PlannedLetter = { letter: Letter; meant: boolean; parts: readonly PlannedPart[] }

/** Codes under which Braze may have applied the record, and applying it once more would double it. */
const DOUBTFUL_CODES = ['MAY_HAVE_ARRIVED', 'BRAZE_FAILS_ON_IT', 'WORKER_DIED', MOVED_BY_SQS]

/**
 * Decides for each record and row of the letters whether it goes back.
 * @param letters all of them, also those that are not meant: what is in them can be newer or older than what is.
 * @param now milliseconds since the epoch.
 */
export function toPlan(
  letters: readonly Letter[],
  choice: Choice,
  now: number,
  settings: Settings,
): PlannedLetter[] {
  const parts = placed(
    letters.flatMap((letter) => partsOf(letter, settings).map((part) => ({ letter, part }))),
  )
  const latest = latestWrites(parts.flatMap(({ part, place }) => changeOf(part, place) ?? []))
  const ofLetter = Map.groupBy(parts, ({ letter }) => letter)
  return letters.map((letter) => {
    const ofRun = ({ run }: Part) => choice.run === undefined || choice.run === run
    const own = ofLetter.get(letter) ?? []
    const meant = isMeant(letter, choice) && (choice.run === undefined || own.some(({ part }) => ofRun(part)))
    return {
      letter,
      meant,
      parts: own.map(({ part, place }) => ({
        part,
        place,
        ...judge(part, place, letter, meant && ofRun(part), latest, choice, now),
      })),
    }
  })
}

function isMeant({ code, connection, messageId, dedupId, sentAt }: Letter, choice: Choice): boolean {
  const { letters, parkedBefore } = choice
  if (parkedBefore && sentAt > parkedBefore.at && !parkedBefore.except.has(dedupId)) return false
  if (letters.length > 0 && !letters.includes(messageId) && !letters.includes(dedupId)) return false
  if (choice.codes.length > 0 && !choice.codes.includes(code)) return false
  return choice.connection === undefined || choice.connection === connection
}

function changeOf({ read }: Part, place: Place): Change | undefined {
  if (read.kind !== 'record' || read.row.record.type !== 'profile') return undefined
  return { user: userKey(read.row.user), record: read.row.record, place }
}

type Judgement = Omit<PlannedPart, 'part' | 'place'>

/** First takes away what a later letter sets anew, unless that is to go back too; then judges the rest. */
function judge(
  part: Part,
  place: Place,
  letter: Letter,
  meant: boolean,
  latest: LatestWrites,
  choice: Choice,
  now: number,
): Judgement {
  const { read } = part
  if (read.kind !== 'record') return stays(meant ? read.kind : 'not meant')
  const change = changeOf(part, place)
  const isFree = !change || letter.overtaken || (choice.includeStale && meant)
  const { fresh, overtaken } = isFree ? {} : splitOvertaken(change, latest)
  if (!overtaken) return judgeRest(read.row, letter, meant, choice, now)
  if (!fresh) return { ...stays(meant ? 'overtaken' : 'not meant'), overtaken }
  const row = { ...read.row, record: fresh, json: asciiJson(fresh) }
  return { ...judgeRest(row, letter, meant, choice, now), overtaken, fresh }
}

function judgeRest(row: ReadRow, letter: Letter, meant: boolean, choice: Choice, now: number): Judgement {
  if (!meant) return stays('not meant')
  if (!choice.includeDoubtful && DOUBTFUL_CODES.includes(letter.code) && !isSafeToResend(row.record))
    return stays('doubtful')
  if (row.record.type === 'profile' && !choice.includeStale) {
    if (letter.overtaken) return stays('overtaken')
    if (now - acceptedAt(letter) > choice.maxAgeMs) return stays('too old')
  }
  return { verdict: { kind: 'back', row } }
}

const stays = (reason: Reason): Judgement => ({ verdict: { kind: 'stays', reason } })

export const goesBack = ({ parts }: PlannedLetter) => parts.some(({ verdict }) => verdict.kind === 'back')

/** Goes back in part only, or holds what must be marked as overtaken. */
export const mustBeTakenApart = (planned: PlannedLetter) =>
  planned.parts.some(({ overtaken }) => overtaken !== undefined) ||
  (goesBack(planned) && planned.parts.some(({ verdict }) => verdict.kind === 'stays'))

/** Why nothing of a letter can be read, where that is so. */
export function unreadable({ letter: { content }, meant }: PlannedLetter): Reason | undefined {
  if (!meant) return undefined
  return content.kind === 'foreign' || content.kind === 'newer version' ? content.kind : undefined
}
