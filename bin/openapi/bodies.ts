import * as z from 'zod'
import { LISTS, OPERATIONS, otherHeaders } from '../../functions/receiver/aliases.ts'

/**
 * Schemas of what senders send. They leave rows open, because every other column is an attribute or a
 * property.
 */

const identifiers = {
  external_id: z
    .union([z.string(), z.int()])
    .optional()
    .describe(`Also ${otherHeaders('external id')}. Case, "_", "-" and spaces of a header don't matter.`),
  braze_id: z.string().optional(),
}

export const ProfileRow = z
  .looseObject({
    ...identifiers,
    audience_id: z.union([z.string(), z.int()]).optional(),
    split_id: z.union([z.string(), z.int()]).optional(),
    op: z
      .union([z.string(), z.boolean(), z.int()])
      .optional()
      .describe(
        `${Object.values(OPERATIONS)
          .map((words) => words.join(', '))
          .join('; ')}.`,
      ),
    run_id: z.union([z.string(), z.int()]).optional(),
    exported_at: z.union([z.string(), z.number()]).optional(),
  })
  .describe('A person, with what changes: memberships, and an attribute for every other column.')

export const EventRow = z
  .looseObject({
    ...identifiers,
    event_name: z.string().describe(`Also ${otherHeaders('event name')}; on /events also name.`),
    time: z
      .union([z.string(), z.number()])
      .optional()
      .describe('ISO 8601, or seconds or milliseconds since 1970.'),
    event_id: z.string().optional().describe('Makes a repeated request recognisable, as the time does.'),
    properties: z.record(z.string(), z.unknown()).optional(),
  })
  .describe('Something a person did; every other column is a property.')

const rowsOf = (row: z.ZodType) =>
  z
    .union([row, z.array(row), z.looseObject({ records: z.array(row) })])
    .describe(`One row, a list of rows, or a list under "records" (or ${LISTS.slice(1).join(', ')}).`)

export const ProfileRows = rowsOf(ProfileRow)
export const EventRows = rowsOf(EventRow)
export const AnyRows = rowsOf(z.union([ProfileRow, EventRow]))

export const TrackRequest = z
  .strictObject({
    attributes: z.array(z.record(z.string(), z.unknown())).optional(),
    events: z.array(z.record(z.string(), z.unknown())).optional(),
    purchases: z.array(z.record(z.string(), z.unknown())).optional(),
  })
  .describe("Braze's own body.")
