import { ROW_ERRORS } from '../../functions/receiver/row-errors.ts'
import { PARK_CODES } from '../../functions/worker/park-reasons.ts'
import { UsageError } from '../cli/program.ts'
import { didYouMean } from '../cli/suggest.ts'
import { MOVED_BY_SQS } from './redrive/dead-letter.ts'

/** Every code that a dead letter of the bridge can have. */
export const DEAD_LETTER_CODES: readonly string[] = [...Object.keys(ROW_ERRORS), ...PARK_CODES, MOVED_BY_SQS]

/** @throws UsageError for the first code that no dead letter can have. */
export function requireCodes(codes: readonly string[]): void {
  const unknown = codes.find((code) => !DEAD_LETTER_CODES.includes(code))
  if (unknown === undefined) return
  throw new UsageError(
    `There is no dead-letter code ${unknown}.${didYouMean(unknown, DEAD_LETTER_CODES)} docs/dead-letters.md explains every code.`,
  )
}
