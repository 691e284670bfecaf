import type { ParkReason } from '../../shared/dead-letter.ts'
import { STANDARD_FIELDS } from '../../shared/standard-fields.ts'
import type { PendingRecord } from '../map/map.ts'
import { withhold } from '../map/mapped.ts'

/**
 * Braze rejects the whole object for one bad standard field (Braze, "User track", "Endpoint-specific errors").
 * Its words name the field, or the code of the error does.
 */
const NAMED_BY_CODE: readonly [RegExp, string][] = [
  [/EMAIL_BAD_FORMAT/, 'email'],
  [/BAD_EMAIL_SUBSCRI/, 'email_subscribe'],
  [/BAD_LOCATION/, 'current_location'],
  [/BAD_SUBSCRIPTION_GROUP/, 'subscription_groups'],
]

const FROM_BRAZE = ['REJECTED_BY_BRAZE', 'BRAZE_FAILS_ON_IT']

/**
 * Takes out of a record that Braze does not accept the fields that its words name, or all standard fields if
 * they name none.
 * @returns undefined if nothing would be left to deliver, or if there is no such field.
 */
export function withoutRejectedFields(
  pendingRecord: PendingRecord,
  reason: ParkReason,
): PendingRecord | undefined {
  if (!FROM_BRAZE.includes(reason.code) || pendingRecord.mapped.array !== 'attributes') return undefined
  const present = Object.keys(pendingRecord.mapped.object)
  const named = present.filter((field) => isNamed(field, reason.reason))
  const fields = named.length > 0 ? named : present.filter((field) => STANDARD_FIELDS.has(field))
  const mapped = fields.length > 0 ? withhold(pendingRecord.mapped, { ...reason, fields }) : undefined
  return mapped && { ...pendingRecord, mapped }
}

/** Custom attributes can have names that are ordinary words, so they count only in quotes. */
function isNamed(field: string, words: string): boolean {
  if (words.includes(`'${field}'`)) return true
  if (!STANDARD_FIELDS.has(field)) return false
  const word = new RegExp(String.raw`\b${field}\b`)
  return word.test(words) || NAMED_BY_CODE.some(([code, named]) => named === field && code.test(words))
}
