import * as z from 'zod/mini'
import { ColumnType } from './connection.ts'
import { CAPTURE_VERSION } from './limits.ts'
import { BridgeRecord } from './record.ts'

/**
 * A capture describes how one request of a connection in capture mode was read. It is sent in place of the
 * messages. The reading holds names, counts and times; personal values are only in `rows`, so that whoever
 * looks at a capture can leave them out.
 */

const count = z.int().check(z.nonnegative())

/** At most as many names as a person looks through. A number beside them counts the others. */
const names = z.array(z.string())

/** The kind of value that a cell holds, as it was sent. */
export const ValueKind = z.enum(['text', 'number', 'boolean', 'null', 'list', 'object', 'empty'])
export type ValueKind = z.infer<typeof ValueKind>

const ColumnReading = z.object({
  header: z.string(),
  /**
   * A field of the bridge, `membership`, `standard field`, `attribute`, `property`, `dropped` or `left out`;
   * several if rows differ.
   */
  readAs: names,
  /** The name in Braze of an attribute, a property or a membership. */
  writtenAs: names,
  /** The type that the connection's settings give to the column. */
  type: z.optional(ColumnType),
  /** The number of rows that have the column. */
  rows: count,
  kinds: z.partialRecord(ValueKind, count),
})
export type ColumnReading = z.infer<typeof ColumnReading>

const Reading = z.object({
  received: count,
  accepted: count,
  rejected: count,
  /** Lines that are certainly not data, such as repeated headers. Absent if there are none. */
  skipped: z.optional(count),
  refusals: z.array(z.object({ code: z.string(), rows: count, columns: names })),
  columns: z.array(ColumnReading),
  moreColumns: count,
  ignoredFields: names,
  moreIgnoredFields: count,
  /** The number of rows that identify their person by each identifier. */
  identifiers: z.partialRecord(
    z.enum(['external_id', 'braze_id', 'user_alias', 'email', 'phone', 'push_tokens']),
    count,
  ),
  memberships: z.array(z.object({ flag: z.string(), enters: count, leaves: count })),
  moreMemberships: count,
  eventNames: z.array(z.object({ name: z.string(), events: count })),
  moreEventNames: count,
  events: count,
  purchases: count,
  times: z.optional(z.object({ earliest: z.string(), latest: z.string(), rows: count })),
  /**
   * Attributes and memberships of all rows: the most that Braze can bill as data points, before rows are
   * merged.
   */
  attributeWrites: count,
})
export type Reading = z.infer<typeof Reading>

/** Any JSON value. A number may be kept exactly as it was written, so a row is not copied. */
const Sent = z.custom<z.core.util.JSONType>((value) => value !== undefined)

const CapturedRow = z.object({
  /** The row's position in its request, from 0. */
  index: count,
  /** The line of the file on which the row begins, from 1. Only in CSV and NDJSON. */
  line: z.optional(count),
  /** The row as it was sent. */
  row: Sent,
  /** The row's size in bytes, if it was too large to keep. `row` then holds only its identifiers. */
  omittedBytes: z.optional(count),
  /** Only of a row that was accepted. */
  record: z.optional(BridgeRecord),
  /** Only of a row that was not accepted, like `field`. */
  code: z.optional(z.string()),
  field: z.optional(z.string()),
  /** The other column of a conflict. */
  other: z.optional(z.string()),
})
export type CapturedRow = z.infer<typeof CapturedRow>

export const Capture = z.object({
  v: z.literal(CAPTURE_VERSION),
  connection: z.string(),
  requestId: z.string(),
  /** ISO 8601, when the receiver took the request. */
  receivedAt: z.string(),
  method: z.string(),
  /** Absent if the path leads nowhere. */
  endpoint: z.optional(z.enum(['activations', 'events', 'records', 'users/track'])),
  format: z.object({
    contentType: z.optional(z.string()),
    contentEncoding: z.optional(z.string()),
    /** The size of the body as it was sent, compressed if it was. */
    bytes: count,
  }),
  /** Why the request as a whole could not be accepted. */
  problem: z.optional(
    z.object({
      problem: z.string(),
      status: count,
      title: z.string(),
      detail: z.string(),
      /** How the first lines were read, if the format was not clear. */
      understood: z.optional(z.array(z.object({ line: count, cells: names }))),
    }),
  ),
  reading: z.optional(Reading),
  rows: z.array(CapturedRow),
  /** The number of rows of the request that did not fit. */
  moreRows: count,
})
export type Capture = z.infer<typeof Capture>
