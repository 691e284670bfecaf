import type { ReadRow } from '../../../functions/receiver/records.ts'
import type { Settings } from '../../../functions/receiver/settings.ts'
import { asciiJson } from '../../../functions/shared/ascii-json.ts'
import { userKey } from '../../../functions/shared/identifier.ts'
import { isSafeToResend, type ProfileRecord } from '../../../functions/shared/record.ts'
import { type Letter, MOVED_BY_SQS } from './letter.ts'
import { acceptedAt, type Place, placed } from './order.ts'
import { type Part, partsOf } from './parts.ts'
import { type Change, type LatestWrites, latestWrites, splitOvertaken } from './stale.ts'

/** Which letters are meant, and what of them goes back that would stay otherwise. */
export type Choice = {
  /** Empty: all. */
  codes: readonly string[]
  connection: string | undefined
  /** Profile records that were accepted longer ago stay. Milliseconds. */
  maxAgeMs: number
  includeStale: boolean
  includeDoubtful: boolean
}

/** Why something stays where it is. */
export type Reason =
  | 'foreign'
  | 'newer version'
  | 'refused'
  | 'omitted'
  | 'nobody'
  | 'doubtful'
  | 'too old'
  | 'overtaken'

export type Verdict =
  /** `rest` is what a later letter has overtaken of the record: it stays. */
  { kind: 'back'; row: ReadRow; rest?: ProfileRecord } | { kind: 'stays'; reason: Reason }

export type PlannedPart = { part: Part; place: Place; verdict: Verdict }
export type PlannedLetter = { letter: Letter; parts: readonly PlannedPart[] }

/** Codes under which Braze may have applied the record, and applying it once more would double it. */
const DOUBTFUL_CODES = ['MAY_HAVE_ARRIVED', 'BRAZE_FAILS_ON_IT', 'WORKER_DIED', MOVED_BY_SQS]

/**
 * Decides for each record and row of the letters that are meant whether it goes back.
 * @param letters all of them, also those that are not meant: what is in them can be newer.
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
  return letters
    .filter(({ code, connection }) => isMeant(code, connection, choice))
    .map((letter) => ({
      letter,
      parts: (ofLetter.get(letter) ?? []).map(({ part, place }) => ({
        part,
        place,
        verdict: judge({ part, place }, letter, latest, choice, now),
      })),
    }))
}

function isMeant(code: string, connection: string | undefined, choice: Choice): boolean {
  if (choice.codes.length > 0 && !choice.codes.includes(code)) return false
  return choice.connection === undefined || choice.connection === connection
}

function changeOf({ read }: Part, place: Place): Change | undefined {
  if (read.kind !== 'record' || read.row.record.type !== 'profile') return undefined
  return { user: userKey(read.row.user), record: read.row.record, place }
}

function judge(
  { part, place }: { part: Part; place: Place },
  letter: Letter,
  latest: LatestWrites,
  { includeDoubtful, includeStale, maxAgeMs }: Choice,
  now: number,
): Verdict {
  const { read } = part
  if (read.kind !== 'record') return { kind: 'stays', reason: read.kind }
  const { row } = read
  if (!includeDoubtful && DOUBTFUL_CODES.includes(letter.code) && !isSafeToResend(row.record))
    return { kind: 'stays', reason: 'doubtful' }
  const change = changeOf(part, place)
  if (includeStale || !change) return { kind: 'back', row }
  if (now - acceptedAt(letter) > maxAgeMs) return { kind: 'stays', reason: 'too old' }
  const { fresh, overtaken } = splitOvertaken(change, latest)
  if (!overtaken) return { kind: 'back', row }
  if (!fresh) return { kind: 'stays', reason: 'overtaken' }
  return { kind: 'back', row: { ...row, record: fresh, json: asciiJson(fresh) }, rest: overtaken }
}

/** Why nothing of a letter can be read, where that is so. */
export function unreadable({ letter: { content } }: PlannedLetter): Reason | undefined {
  return content.kind === 'foreign' || content.kind === 'newer version' ? content.kind : undefined
}
