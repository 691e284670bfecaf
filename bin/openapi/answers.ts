import * as z from 'zod'
import { TRACK_ARRAYS } from '../../functions/shared/record.ts'

/**
 * Schemas of the receiver's answers. The OpenAPI document shows them, and the tests check real answers with
 * them.
 */

const rows = (what: string) => z.array(z.int().min(0)).optional().describe(what)

export const RowErrorSchema = z.strictObject({
  index: z.int().min(0).describe('The first row with this error, from 0.'),
  line: z
    .int()
    .min(1)
    .optional()
    .describe('The line of the body on which that row begins, in CSV and NDJSON.'),
  field: z.string().optional().describe('The column at fault, if there is one.'),
  conflictsWith: z.string().optional().describe('The other column of a conflict.'),
  code: z.string().describe('The rule, by its stable name: docs/dead-letters.md has a line for each.'),
  message: z.string().describe('What is wrong and what to do. Never a value.'),
  rows: z.int().min(2).optional().describe('The number of rows with this error, if there are several.'),
  indexes: rows('The first of these rows.'),
  lines: rows('The lines of the first of these rows, in CSV and NDJSON.'),
})

const counts = {
  requestId: z.string().describe('Stands in the log of the receiver, and in each message and dead letter.'),
  received: z.int(),
  accepted: z.int().describe('Rows that are kept for Braze.'),
  rejected: z.int().describe('Rows that stand in the dead-letter queue.'),
  profiles: z.int(),
  events: z.int(),
  enteredByPresence: z
    .int()
    .optional()
    .describe('People who enter an audience because their row has an audience and no operation.'),
  skippedRows: z
    .int()
    .optional()
    .describe(
      'Lines that are certainly not data, such as repeated headers. They are not counted as received.',
    ),
  errors: z.array(RowErrorSchema).describe('The rejected rows, grouped by error. At most 20 groups.'),
  moreErrors: z.int().optional().describe('The number of rejected rows in groups that are not shown.'),
  ignoredFields: z.array(z.string()).optional().describe('What meant nothing here, or is left out.'),
  moreIgnoredFields: z.int().optional(),
}

export const Summary = z.strictObject({
  ok: z.literal(true).optional().describe('The request has no rows: it may be a connection test.'),
  connection: z.string().optional(),
  mode: z.enum(['deliver', 'capture']).optional(),
  message: z.string().optional(),
  ...counts,
  captured: z.literal(true).optional().describe('The connection only captures: nothing goes to Braze.'),
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
  line: z.int().min(1).optional().describe('The line at which the body stops being valid JSON.'),
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
