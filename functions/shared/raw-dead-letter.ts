import * as z from 'zod/mini'
import { Failure } from './dead-letter.ts'
import { Envelope } from './message.ts'

/** One of the rows that the receiver could not read. */
export const RawRow = z.object({
  /** The row's position in its request, from 0. */
  index: z.number(),
  row: z.unknown(),
  /** The header of the column at fault, if there is one. */
  field: z.optional(z.string()),
  /**
   * The row's size in bytes, if it was too large to keep. `row` then holds only its identifiers. 0 if the bytes
   * can't be counted.
   */
  omittedBytes: z.optional(z.number()),
})

/**
 * A dead letter of rows that the receiver could not read: the raw rows, with what is needed to read them
 * again.
 */
export const RawDeadLetter = z.object({
  failure: Failure,
  ...Envelope,
  /** The route that the rows came by. */
  endpoint: z.enum(['activations', 'events', 'records', 'users/track']),
  /** What the rows inherit from the URL and from the fields beside their array. */
  inherited: z.record(z.string(), z.json()),
  rows: z.array(RawRow).check(z.minLength(1)),
})
export type RawDeadLetter = z.infer<typeof RawDeadLetter>
