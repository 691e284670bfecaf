import * as z from 'zod'

/**
 * A record is one row of the sender, read: what a message carries and the worker maps to a Braze object.
 * Field names are Braze's and ActionIQ's own, because operators read them in the dead-letter queue.
 */

/** What came out of `JSON.parse`: no look at every value again, and no copy, in which `__proto__` would be lost. */
const JsonObject = z.custom<{ [name: string]: z.core.util.JSONType }>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

const Identifiers = {
  /** Braze takes at most 987 bytes; the worker checks it, so that a longer one is parked with its reason. */
  external_id: z.string().min(1).optional(),
  braze_id: z.string().min(1).optional(),
}

const Membership = z.object({
  audience_id: z.string().min(1),
  split_id: z.string().min(1),
  member: z.boolean(),
})

export const ProfileRecord = z.object({
  type: z.literal('profile'),
  ...Identifiers,
  memberships: z.array(Membership).optional(),
  /** Written under these very names. `null` removes the attribute in Braze. */
  attributes: JsonObject.optional(),
  run_id: z.string().optional(),
  /** ISO 8601, when the sender says it exported the row. */
  source_time: z.string().optional(),
})

export const EventRecord = z.object({
  type: z.literal('event'),
  ...Identifiers,
  name: z.string().min(1),
  /** ISO 8601. Without it the event happened when its message was received. */
  time: z.string().optional(),
  /** The sender's own id of the event: makes a repeated request recognisable. */
  event_id: z.string().optional(),
  properties: JsonObject.optional(),
  run_id: z.string().optional(),
})

export const BridgeRecord = z.discriminatedUnion('type', [ProfileRecord, EventRecord])

export type Membership = z.infer<typeof Membership>
export type ProfileRecord = z.infer<typeof ProfileRecord>
export type EventRecord = z.infer<typeof EventRecord>
export type BridgeRecord = z.infer<typeof BridgeRecord>

/** The two queues, by what they carry. Every profile change goes through one of them, or an older value could overtake a newer one. */
export type QueueName = 'profiles' | 'events'

export const queueOf = (record: BridgeRecord): QueueName => (record.type === 'event' ? 'events' : 'profiles')

/**
 * Braze's operators on an attribute's value: `{"inc": 5}` and the array operations `{"add": […]}`, `{"remove": […]}`,
 * `{"update": […]}`. They depend on the value before, so applying one twice is not the same as once.
 */
const RELATIVE_OPERATORS = ['inc', 'add', 'remove', 'update']

const isRelative = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  RELATIVE_OPERATORS.some((operator) => Object.hasOwn(value, operator))

/** Makes Braze merge an object into the stored one instead of replacing it. */
const MERGE_DIRECTIVE = '_merge_objects'

/** Plain profile values may be merged and written twice; events and writes that depend on the value before may not. */
export const isSafeToResend = (record: BridgeRecord) => {
  if (record.type !== 'profile') return false
  const attributes = record.attributes ?? {}
  return !Object.hasOwn(attributes, MERGE_DIRECTIVE) && !Object.values(attributes).some(isRelative)
}
