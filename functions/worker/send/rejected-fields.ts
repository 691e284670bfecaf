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

/**
 * Takes out of a record that Braze rejects the standard fields that its words name, or all of them if they name
 * none.
 * @returns undefined if nothing would be left to deliver, or if the record has no such field.
 */
export function withoutRejectedFields(
  pendingRecord: PendingRecord,
  reason: ParkReason,
): PendingRecord | undefined {
  if (reason.code !== 'REJECTED_BY_BRAZE') return undefined
  const present = Object.keys(pendingRecord.mapped.object).filter((field) => STANDARD_FIELDS.has(field))
  const fields = namedIn(reason.reason, present)
  const withheld = { ...reason, fields: fields.length > 0 ? fields : present }
  const mapped = present.length > 0 ? withhold(pendingRecord.mapped, withheld) : undefined
  return mapped && { ...pendingRecord, mapped }
}

function namedIn(words: string, present: readonly string[]): string[] {
  const exact = present.filter((field) => new RegExp(`\\b${field}\\b`).test(words))
  if (exact.length > 0) return exact
  return NAMED_BY_CODE.filter(([code, field]) => code.test(words) && present.includes(field)).map(
    ([, field]) => field,
  )
}
