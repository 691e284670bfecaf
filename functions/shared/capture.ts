import * as z from 'zod'
import { ColumnType } from './connection.ts'
import { BridgeRecord } from './record.ts'

/**
 * What a connection in capture mode leads to instead of messages: how one request was read. The reading holds names,
 * counts and times; the values of people stand in `rows` alone, so that who looks can leave them out.
 */

/** SQS takes 1 MiB with the message's attributes. */
export const MAX_CAPTURE_BYTES = 900_000

export const CAPTURE_VERSION = 1

const count = z.int().nonnegative()

/** Names, of which the most a person looks through; how many others there are is a number beside them. */
const names = z.array(z.string())

/** What a cell holds, as it was sent. */
export const ValueKind = z.enum(['text', 'number', 'boolean', 'null', 'list', 'object', 'empty'])
export type ValueKind = z.infer<typeof ValueKind>

const ColumnReading = z.object({
  header: z.string(),
  /** A field of the bridge, `membership`, `attribute`, `property`, `dropped` or `left out`; several where rows differ. */
  readAs: names,
  /** The name in Braze of an attribute, a property or a membership. */
  writtenAs: names,
  /** That the connection gives it. */
  type: ColumnType.optional(),
  /** How many rows have it. */
  rows: count,
  kinds: z.partialRecord(ValueKind, count),
})
export type ColumnReading = z.infer<typeof ColumnReading>

const Reading = z.object({
  received: count,
  accepted: count,
  rejected: count,
  refusals: z.array(z.object({ code: z.string(), rows: count, columns: names })),
  columns: z.array(ColumnReading),
  moreColumns: count,
  ignoredFields: names,
  moreIgnoredFields: count,
  /** How many rows name their person so. */
  identifiers: z.partialRecord(z.enum(['external_id', 'braze_id', 'user_alias', 'email', 'phone']), count),
  memberships: z.array(z.object({ flag: z.string(), enters: count, leaves: count })),
  moreMemberships: count,
  eventNames: z.array(z.object({ name: z.string(), events: count })),
  moreEventNames: count,
  events: count,
  purchases: count,
  times: z.object({ earliest: z.string(), latest: z.string(), rows: count }).optional(),
  /** Attributes and memberships of all rows: what Braze bills as data points at most, before rows are merged. */
  attributeWrites: count,
})
export type Reading = z.infer<typeof Reading>

/** Numbers may stand there as they were written, so nothing of a row is copied. */
const Sent = z.custom<z.core.util.JSONType>((value) => value !== undefined)

const CapturedRow = z.object({
  /** The row's place in its request, from 0. */
  index: count,
  /** As it was sent. */
  row: Sent,
  /** The row was too large to keep: of so many bytes only the identifiers stand in `row`. */
  omittedBytes: count.optional(),
  /** Of a row that is accepted. */
  record: BridgeRecord.optional(),
  /** Of a row that is not. */
  code: z.string().optional(),
  field: z.string().optional(),
})
export type CapturedRow = z.infer<typeof CapturedRow>

export const Capture = z.object({
  v: z.literal(CAPTURE_VERSION),
  connection: z.string(),
  requestId: z.string(),
  /** ISO 8601, when the receiver took the request. */
  receivedAt: z.string(),
  method: z.string(),
  /** Absent where the path leads nowhere. */
  endpoint: z.enum(['activations', 'events', 'records', 'users/track']).optional(),
  format: z.object({
    contentType: z.string().optional(),
    contentEncoding: z.string().optional(),
    /** As they came, compressed if they were. */
    bytes: count,
  }),
  /** Why the request could not be taken as a whole. */
  problem: z
    .object({
      problem: z.string(),
      status: count,
      title: z.string(),
      detail: z.string(),
      /** How the first lines were read, of a format that is not clear. */
      understood: z.array(z.object({ line: count, cells: names })).optional(),
    })
    .optional(),
  reading: Reading.optional(),
  rows: z.array(CapturedRow),
  /** How many rows of the request did not fit. */
  moreRows: count,
})
export type Capture = z.infer<typeof Capture>
