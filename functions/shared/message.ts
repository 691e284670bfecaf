import * as z from 'zod/mini'
import { asciiJson } from './ascii-json.ts'
import { Failure } from './dead-letter.ts'
import { parseJson } from './json.ts'
import { BridgeRecord } from './record.ts'

/**
 * Maximum size of a message's body, in bytes. SQS takes 1 MiB for a whole batch and bills each 64 KB as a
 * request.
 */
export const MAX_MESSAGE_BYTES = 200_000

/**
 * In bytes. A larger record is rejected with an error of its own, because it must fit a message with its
 * envelope.
 */
export const MAX_RECORD_BYTES = 180_000

export const MESSAGE_VERSION = 1

export const Envelope = {
  v: z.literal(MESSAGE_VERSION),
  id: z.string(),
  connection: z.string(),
  /** ISO 8601, when the receiver took the request. */
  receivedAt: z.string(),
  requestId: z.string(),
}

/** A message on `profiles.fifo` or `events.fifo`, or a dead letter that the worker parked. */
export const Message = z.object({
  failure: z.optional(Failure),
  ...Envelope,
  records: z.array(BridgeRecord).check(z.minLength(1)),
})
export type Message = z.infer<typeof Message>
export type MessageEnvelope = Omit<Message, 'records' | 'failure'>

/** Writes a message around records that are already ASCII JSON, so that none is stringified twice. */
export function writeMessage(envelope: MessageEnvelope, recordsJson: readonly string[]): string {
  return `${asciiJson(envelope).slice(0, -1)},"records":[${recordsJson.join(',')}]}`
}

export type ReadMessage =
  | { kind: 'message'; message: Message }
  | { kind: 'unknown version' }
  | { kind: 'unreadable'; where: string[] }

/**
 * Parses the body of a queue's message. A version that this code does not know comes from a newer deployment,
 * so the message must be kept and not parked. Anything else that does not fit was not written by the
 * receiver.
 * @returns the message or the reason why there is none; `where` lists the paths that do not fit, never their
 * values.
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

/**
 * Whether parsed JSON is a message, checked field by field. This is a shortcut: the `Message` schema is the
 * rule and names what is wrong, but it takes a hundred times as long because it copies what it reads.
 */
export function isMessage(json: unknown): json is Message {
  if (!isObject(json) || json.v !== 1) return false
  const { id, connection, receivedAt, requestId, failure, records } = json
  if (!isText(id) || !isText(connection) || !isText(receivedAt) || !isText(requestId)) return false
  // A dead letter that somebody redrove by hand is rare, so it is left to the schema.
  if (failure !== undefined || !Array.isArray(records) || records.length === 0) return false
  return records.every(isRecord)
}

type JsonObject = { readonly [name: string]: unknown }

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown) => typeof value === 'string'
const isTextOrNone = (value: unknown) => value === undefined || typeof value === 'string'
const isName = (value: unknown) => typeof value === 'string' && value !== ''
const isNameOrNone = (value: unknown) => value === undefined || isName(value)
const isObjectOrNone = (value: unknown) => value === undefined || isObject(value)

function isRecord(record: unknown): boolean {
  if (!isObject(record)) return false
  const { external_id, braze_id, user_alias, email, phone, push_token_import, run_id } = record
  if (!isNameOrNone(external_id) || !isNameOrNone(braze_id) || !isTextOrNone(run_id)) return false
  if (!isNameOrNone(email) || !isNameOrNone(phone)) return false
  if (user_alias !== undefined && !isAlias(user_alias)) return false
  // Push tokens are rare, so they are left to the schema.
  if (push_token_import !== undefined) return false
  switch (record.type) {
    case 'profile':
      return isProfile(record)
    case 'event':
      return isEvent(record)
    case 'purchase':
      return isPurchase(record)
    default:
      return false
  }
}

/** An alias is sent to Braze as it is. One that holds anything else is left to the schema, which removes that. */
const isAlias = (alias: unknown) =>
  isObject(alias) && isName(alias.alias_name) && isName(alias.alias_label) && Object.keys(alias).length === 2

function isProfile({ memberships, attributes, source_time }: JsonObject): boolean {
  if (!isObjectOrNone(attributes) || !isTextOrNone(source_time)) return false
  return memberships === undefined || (Array.isArray(memberships) && memberships.every(isMembership))
}

function isMembership(membership: unknown): boolean {
  if (!isObject(membership)) return false
  const { audience_id, split_id, member, attribute, leave } = membership
  if (!isName(audience_id) || !isName(split_id) || typeof member !== 'boolean') return false
  return isNameOrNone(attribute) && (leave === undefined || leave === 'null')
}

const isEvent = ({ name, time, event_id, properties, fields }: JsonObject) =>
  isName(name) &&
  isTextOrNone(time) &&
  isTextOrNone(event_id) &&
  isObjectOrNone(properties) &&
  isObjectOrNone(fields)

const isPurchase = ({ product_id, currency, price, time, quantity, properties, fields }: JsonObject) =>
  isName(product_id) &&
  isName(currency) &&
  Number.isFinite(price) &&
  isText(time) &&
  (quantity === undefined || Number.isFinite(quantity)) &&
  isObjectOrNone(properties) &&
  isObjectOrNone(fields)

/**
 * A lane is an SQS message group that many users share, so that its messages are full. One user is always in
 * the same lane, so that user's changes stay in order.
 *
 * The hash is 32-bit FNV-1a over UTF-16 code units (http://www.isthe.com/chongo/tech/comp/fnv/). What matters
 * here is an even spread, not secrecy. The hash must never change while messages wait, or a user would be in
 * two lanes.
 */
const FNV_OFFSET_BASIS = 0x811c9dc5
const FNV_PRIME = 0x01000193

/** @returns a lane number from 0 to `lanes` - 1. */
export function laneOf(userKey: string, lanes: number): number {
  let hash = FNV_OFFSET_BASIS
  for (let i = 0; i < userKey.length; i++) hash = Math.imul(hash ^ userKey.charCodeAt(i), FNV_PRIME)
  return (hash >>> 0) % lanes
}

/** The SQS message group id of a lane. */
export const laneGroup = (lane: number) => `lane-${lane}`
