import * as z from 'zod'
import { TRACK_ARRAYS } from '../../functions/shared/record.ts'

/**
 * Schemas of the receiver's answers. The OpenAPI document shows them, and the tests check real answers with
 * them.
 */

export const RowErrorSchema = z.strictObject({
  index: z.int().min(0).describe('The row, from 0.'),
  field: z.string().optional().describe('The column at fault, where one is.'),
  code: z.string().describe('The rule, by its stable name: docs/dead-letters.md has a line for each.'),
  message: z.string().describe('What is wrong and what to do. Never a value.'),
})

const counts = {
  requestId: z.string().describe('Stands in the log of the receiver, and in each message and dead letter.'),
  received: z.int(),
  accepted: z.int().describe('Rows that are kept for Braze.'),
  rejected: z.int().describe('Rows that stand in the dead-letter queue.'),
  profiles: z.int(),
  events: z.int(),
  errors: z.array(RowErrorSchema).describe('Of the rejected rows, the first.'),
  moreErrors: z.int().optional(),
  ignoredFields: z.array(z.string()).optional().describe('What meant nothing here, or is left out.'),
  moreIgnoredFields: z.int().optional(),
}

export const Summary = z.strictObject({
  ...counts,
  captured: z.literal(true).optional().describe('The connection only captures: nothing goes to Braze.'),
  note: z.string().optional(),
})

const problem = {
  type: z.string().describe('Names the kind of problem, and never changes.'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What to change.'),
}

/** RFC 9457. */
export const ProblemAnswer = z.strictObject({
  ...problem,
  requestId: z.string(),
  line: z.int().min(1).optional().describe('The line at which the JSON of the body breaks.'),
  column: z.int().min(1).optional().describe('The column in that line.'),
  understood: z
    .array(z.strictObject({ line: z.int(), cells: z.array(z.string()) }))
    .optional()
    .describe('How the first lines were read that are no known format, without values.'),
})

export const NoRowUsable = z.strictObject({ ...problem, ...counts })

export const ObjectError = z.strictObject({
  type: z.string().describe('What is wrong.'),
  input_array: z.enum(TRACK_ARRAYS),
  index: z.int().min(0),
})

/** The same shape as the answer of Braze's /users/track. */
export const Tracked = z.strictObject({
  message: z.literal('success'),
  attributes_processed: z.int().optional(),
  events_processed: z.int().optional(),
  purchases_processed: z.int().optional(),
  errors: z.array(ObjectError).optional(),
})

export const TrackProblem = z.strictObject({ message: z.string(), errors: z.array(ObjectError) })
