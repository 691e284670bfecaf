import * as z from 'zod'

/** Braze's alias of a person: unique with its label. */
export const UserAlias = z.object({ alias_name: z.string().min(1), alias_label: z.string().min(1) })
export type UserAlias = z.infer<typeof UserAlias>

/**
 * How a record names its person. The receiver writes one of them, since Braze rejects an object that carries two; the
 * last three come by Braze's own body only.
 */
export const Identifiers = {
  /** Braze takes at most 987 bytes; the worker checks it, so that a longer one is parked with its reason. */
  external_id: z.string().min(1).optional(),
  braze_id: z.string().min(1).optional(),
  user_alias: UserAlias.optional(),
  email: z.string().min(1).optional(),
  phone: z.string().min(1).optional(),
}

/** One person, named as Braze knows them. */
export type Identifier =
  | { external_id: string }
  | { braze_id: string }
  | { user_alias: UserAlias }
  | { email: string }
  | { phone: string }

export type IdentifierName = 'external_id' | 'braze_id'

type Named = {
  external_id?: string | undefined
  braze_id?: string | undefined
  user_alias?: UserAlias | undefined
  email?: string | undefined
  phone?: string | undefined
}

/**
 * ActionIQ exports both ids, and Braze takes one: the preferred one where the row has it, else the other. Chosen once,
 * when the row is read: the lane and the Braze object can't disagree.
 */
export function chooseIdentifier(
  { external_id, braze_id }: Pick<Named, IdentifierName>,
  preferred: IdentifierName,
): Identifier | undefined {
  if (external_id !== undefined && (preferred === 'external_id' || braze_id === undefined))
    return { external_id }
  if (braze_id !== undefined) return { braze_id }
  return undefined
}

/** The person of a record. Where somebody wrote several into a letter by hand, the first of Braze's own order counts. */
export function identifierOf({
  external_id,
  braze_id,
  user_alias,
  email,
  phone,
}: Named): Identifier | undefined {
  if (external_id !== undefined) return { external_id }
  if (user_alias !== undefined) return { user_alias }
  if (braze_id !== undefined) return { braze_id }
  if (email !== undefined) return { email }
  if (phone !== undefined) return { phone }
  return undefined
}

/** A key that is equal for equal identifiers only: an external id that looks like a braze id stays another person. */
export function userKey(id: Identifier): string {
  if ('external_id' in id) return `e:${id.external_id}`
  if ('braze_id' in id) return `b:${id.braze_id}`
  if ('email' in id) return `m:${id.email}`
  if ('phone' in id) return `p:${id.phone}`
  return `a:${JSON.stringify([id.user_alias.alias_label, id.user_alias.alias_name])}`
}

/**
 * A record is one row of the sender, read: what a message carries and the worker maps to a Braze object.
 * Field names are Braze's and ActionIQ's own, because operators read them in the dead-letter queue.
 */

/** What came out of `JSON.parse`: no look at every value again, and no copy, in which `__proto__` would be lost. */
const JsonObject = z.custom<{ [name: string]: z.core.util.JSONType }>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

const Membership = z.object({
  audience_id: z.string().min(1),
  split_id: z.string().min(1),
  member: z.boolean(),
  /** The flag's name in Braze, where it is not `AIQ_<Audience ID>_<Split ID>`. */
  attribute: z.string().min(1).optional(),
  /** Leaving takes the flag away instead of writing `false`. */
  leave: z.literal('null').optional(),
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
  /** What else stands in the object: Braze's own fields, such as `app_id` and `_update_existing_only`. */
  fields: JsonObject.optional(),
  run_id: z.string().optional(),
})

/** Comes by Braze's own body only. */
export const PurchaseRecord = z.object({
  type: z.literal('purchase'),
  ...Identifiers,
  product_id: z.string().min(1),
  /** ISO 4217. */
  currency: z.string().min(1),
  price: z.number(),
  /** ISO 8601. */
  time: z.string(),
  quantity: z.number().optional(),
  properties: JsonObject.optional(),
  /** What else stands in the object: Braze's own fields, such as `app_id` and `_update_existing_only`. */
  fields: JsonObject.optional(),
  run_id: z.string().optional(),
})

export const BridgeRecord = z.discriminatedUnion('type', [ProfileRecord, EventRecord, PurchaseRecord])

export type Membership = z.infer<typeof Membership>
export type ProfileRecord = z.infer<typeof ProfileRecord>
export type EventRecord = z.infer<typeof EventRecord>
export type PurchaseRecord = z.infer<typeof PurchaseRecord>
export type BridgeRecord = z.infer<typeof BridgeRecord>

/** Braze's three arrays of /users/track, in the order in which it tells what it processed. */
export const TRACK_ARRAYS = ['attributes', 'events', 'purchases'] as const
export type TrackArray = (typeof TRACK_ARRAYS)[number]

/** The two queues, by what they carry. Every profile change goes through one of them, or an older value could overtake a newer one. */
export type QueueName = 'profiles' | 'events'

export const queueOf = (record: BridgeRecord): QueueName =>
  record.type === 'profile' ? 'profiles' : 'events'

/**
 * Braze's operators on an attribute's value: `{"inc": 5}`, the array operations `{"add": […]}` and the object array's
 * `{"$add": […]}`. They depend on the value before, so applying one twice is not the same as once.
 */
const RELATIVE_OPERATORS = ['inc', 'add', 'remove', 'update', '$add', '$remove', '$update']

export const isRelative = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  RELATIVE_OPERATORS.some((operator) => Object.hasOwn(value, operator))

/**
 * Fields that say how Braze takes the whole object, and lists that it adds to what it has: merged with a neighbour,
 * the first would change the neighbour's meaning and the second would lose entries.
 */
const UNMERGEABLE_FIELDS = new Set([
  '_merge_objects',
  '_update_existing_only',
  'push_token_import',
  'push_tokens',
  'subscription_groups',
])

/**
 * Plain profile values may be merged with their neighbours and written twice; events, writes that depend on the value
 * before, and whatever else is more than a value may not.
 */
export function isSafeToResend(record: BridgeRecord): boolean {
  if (record.type !== 'profile') return false
  const { attributes } = record
  if (attributes === undefined) return true
  for (const name of Object.keys(attributes))
    if (UNMERGEABLE_FIELDS.has(name.trim()) || isRelative(attributes[name])) return false
  return true
}
