import * as z from 'zod'
import { asciiJson } from './ascii-json.ts'
import { Failure } from './failure.ts'
import { isMessage } from './is-message.ts'
import { parseJson } from './parse-json.ts'
import { BridgeRecord } from './record.ts'

/** What a message's body may take, in bytes; SQS takes 1 MiB for a whole batch, and each 64 KB is billed as a request. */
export const MAX_MESSAGE_BYTES = 200_000

/** A record over this is refused by name: with its envelope it must fit a message. */
export const MAX_RECORD_BYTES = 180_000

/** Plain profile values may be resent, so such a message may be cut into several Braze requests. */
export const MAX_SAFE_RECORDS = 500

/** Braze takes 75 objects a request, and a message that is not safe to resend must be one request. */
export const MAX_UNSAFE_RECORDS = 75

export const MESSAGE_VERSION = 1

const Envelope = {
  v: z.literal(MESSAGE_VERSION),
  id: z.string(),
  connection: z.string(),
  /** ISO 8601, when the receiver took the request. */
  receivedAt: z.string(),
  requestId: z.string(),
}

/** A message on `profiles.fifo` or `events.fifo`, and a letter that the worker parked. */
export const Message = z.object({
  failure: Failure.optional(),
  ...Envelope,
  records: z.array(BridgeRecord).min(1),
})
export type Message = z.infer<typeof Message>
export type MessageEnvelope = Omit<Message, 'records' | 'failure'>

/** A letter of rows that the receiver could not read: raw, with what is needed to read them again. */
export const RawLetter = z.object({
  failure: Failure,
  ...Envelope,
  /** The route they came by. */
  endpoint: z.enum(['activations', 'events', 'records', 'users/track']),
  /** What the rows inherit from the envelope beside their array and from the URL. */
  inherited: z.record(z.string(), z.json()),
  rows: z
    .array(
      z.object({
        /** The row's place in its request, from 0. */
        index: z.number(),
        row: z.unknown(),
        /** The header of the column at fault, where one is. */
        field: z.string().optional(),
        /** The row was too large to keep: of so many bytes only the identifiers stand in `row`. 0 where they can't be counted. */
        omittedBytes: z.number().optional(),
      }),
    )
    .min(1),
})
export type RawLetter = z.infer<typeof RawLetter>

/** Writes a message around records that are already ASCII JSON, so that none is stringified twice. */
export function writeMessage(envelope: MessageEnvelope, recordsJson: readonly string[]): string {
  return `${asciiJson(envelope).slice(0, -1)},"records":[${recordsJson.join(',')}]}`
}

export type ReadMessage =
  | { kind: 'message'; message: Message }
  | { kind: 'unknown version' }
  | { kind: 'unreadable'; where: string[] }

/**
 * Reads a queue's message body. A version that this code doesn't know comes from a newer deployment and must be kept,
 * not parked; anything else that doesn't fit was not written by the receiver.
 * @returns `where` names the paths that don't fit, never their values.
 */
export function readMessage(body: string): ReadMessage {
  const json = parseJson(body)
  if (json === undefined) return { kind: 'unreadable', where: ['(not JSON)'] }
  if (isMessage(json)) return { kind: 'message', message: json }
  const version = z.object({ v: z.number() }).safeParse(json)
  if (version.success && version.data.v !== MESSAGE_VERSION) return { kind: 'unknown version' }
  const parsed = Message.safeParse(json)
  if (parsed.success) return { kind: 'message', message: parsed.data }
  return { kind: 'unreadable', where: parsed.error.issues.map((issue) => issue.path.join('.')) }
}
