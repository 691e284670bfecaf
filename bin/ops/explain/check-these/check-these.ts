import type { Capture } from '../../../../functions/shared/capture.ts'
import type { Connection } from '../../../../functions/shared/connection.ts'
import { dates } from './dates.ts'
import { emptyWords } from './empty-words.ts'
import { garbledText } from './garbled-text.ts'
import { unlikelyIds } from './ids.ts'
import { membershipColumns } from './membership-columns.ts'
import { sameHeaders, unnamedColumns } from './odd-headers.ts'
import { type SentRequest, sentRequest } from './sent-request.ts'
import { standardFields } from './standard-fields.ts'
import { unreadHeaders } from './unread-headers.ts'
import { booleansAsText, jsonAsText, numbersAsText, numbersFormatted } from './values-as-text.ts'
import type { Warning } from './warning.ts'
import { nothingWritten } from './whole-file.ts'

/**
 * What a column may be meant for, with the worst mistake first. A column that one of these rules has explained
 * needs no further advice: a date that becomes the time of an event needs no type.
 */
const MEANINGS: readonly ((request: SentRequest) => Warning[])[] = [
  unreadHeaders,
  membershipColumns,
  unnamedColumns,
  sameHeaders,
  standardFields,
  dates,
  booleansAsText,
  numbersAsText,
  numbersFormatted,
  jsonAsText,
]

/**
 * Finds the mistakes that a first export often has. Each is only likely, so it never changes how a row is read.
 * @param connection the settings with which the request was read.
 * @returns the worst first. The texts contain headers, but no values of rows except words for a missing value.
 */
export function warningsOf(capture: Capture, connection: Connection): Warning[] {
  const { reading } = capture
  if (!reading) return []
  const request = sentRequest({ ...capture, reading }, connection)
  const explained = new Set<string>()
  const meanings = MEANINGS.flatMap((find) => {
    const found = find(request).filter(({ column }) => column === undefined || !explained.has(column))
    for (const { column } of found) if (column !== undefined) explained.add(column)
    return found
  })
  return [
    ...nothingWritten(capture),
    ...unlikelyIds(request),
    ...meanings,
    ...emptyWords(request),
    ...garbledText(request),
  ]
}
