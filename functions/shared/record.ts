import * as z from 'zod/mini'

const nonEmpty = z.string().check(z.minLength(1))

/** Braze's alias of a person, which is unique together with its label. */
export const UserAlias = z.object({ alias_name: nonEmpty, alias_label: nonEmpty })
export type UserAlias = z.infer<typeof UserAlias>

/** A device of a user who may be anonymous. Its other fields are Braze's, and are passed on unchanged. */
const PushToken = z.looseObject({ app_id: nonEmpty, token: nonEmpty })

/**
 * Push tokens of anonymous users, for whom Braze creates profiles without an external id (Braze, "User attributes
 * object", "Push token import"). These fields take the place of an identifier, and are sent as they are.
 */
export const PushTokenImport = z.object({
  push_token_import: z.literal(true),
  push_tokens: z.tuple([PushToken], PushToken),
})
export type PushTokenImport = z.infer<typeof PushTokenImport>

/**
 * The ways in which a record identifies its person. The receiver writes only one of them, because Braze
 * rejects an object that carries two. The last five come only in Braze's own body format.
 */
export const Identifiers = {
  /**
   * Braze accepts at most 987 bytes. The worker checks this, so that a longer one is parked with its reason.
   */
  external_id: z.optional(nonEmpty),
  braze_id: z.optional(nonEmpty),
  user_alias: z.optional(UserAlias),
  email: z.optional(nonEmpty),
  phone: z.optional(nonEmpty),
  push_token_import: z.optional(PushTokenImport.shape.push_token_import),
  push_tokens: z.optional(PushTokenImport.shape.push_tokens),
}

/** One person, named as Braze knows them. */
export type Identifier =
  | { external_id: string }
  | { braze_id: string }
  | { user_alias: UserAlias }
  | { email: string }
  | { phone: string }
  | PushTokenImport

export type IdentifierName = 'external_id' | 'braze_id'

type NamedPerson = {
  external_id?: string | undefined
  braze_id?: string | undefined
  user_alias?: UserAlias | undefined
  email?: string | undefined
  phone?: string | undefined
  push_token_import?: true | undefined
  push_tokens?: PushTokenImport['push_tokens'] | undefined
}

/**
 * Chooses the identifier of a row. ActionIQ exports both ids, and Braze accepts one: the preferred id if the
 * row has it, otherwise the other. The choice is made once, when the row is read, so that the lane and the
 * Braze object can't disagree.
 * @returns undefined if the row has neither id.
 */
export function chooseIdentifier(
  { external_id, braze_id }: Pick<NamedPerson, IdentifierName>,
  preferred: IdentifierName,
): Identifier | undefined {
  if (external_id !== undefined && (preferred === 'external_id' || braze_id === undefined))
    return { external_id }
  if (braze_id !== undefined) return { braze_id }
  return undefined
}

/**
 * Returns the identifier of a record's person. If somebody wrote several into a dead letter by hand, the
 * first in Braze's own order counts.
 */
export function identifierOf({
  external_id,
  braze_id,
  user_alias,
  email,
  phone,
  push_token_import,
  push_tokens,
}: NamedPerson): Identifier | undefined {
  if (external_id !== undefined) return { external_id }
  if (user_alias !== undefined) return { user_alias }
  if (braze_id !== undefined) return { braze_id }
  if (email !== undefined) return { email }
  if (phone !== undefined) return { phone }
  if (push_token_import && push_tokens !== undefined) return { push_token_import, push_tokens }
  return undefined
}

/**
 * Returns a key that is equal only for equal identifiers: an external id that looks like a Braze id is
 * another person.
 */
export function userKey(id: Identifier): string {
  if ('external_id' in id) return `e:${id.external_id}`
  if ('braze_id' in id) return `b:${id.braze_id}`
  if ('email' in id) return `m:${id.email}`
  if ('phone' in id) return `p:${id.phone}`
  if ('push_tokens' in id) return `t:${id.push_tokens[0].token}`
  return `a:${JSON.stringify([id.user_alias.alias_label, id.user_alias.alias_name])}`
}

/**
 * A record is one row of the sender after it was read: what a message carries and what the worker maps to a
 * Braze object. Field names are Braze's and ActionIQ's own, because operators read them in the dead-letter
 * queue.
 */

/**
 * An object from `JSON.parse`. The schema does not check its values again, and does not copy it, because a
 * copy would lose `__proto__`.
 */
const JsonObject = z.custom<{ [name: string]: z.core.util.JSONType }>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
)

const Membership = z.object({
  audience_id: nonEmpty,
  split_id: nonEmpty,
  member: z.boolean(),
  /** The flag's name in Braze, if it is not `AIQ_<Audience ID>_<Split ID>`. */
  attribute: z.optional(nonEmpty),
  /** Leaving the audience removes the flag instead of writing `false`. */
  leave: z.optional(z.literal('null')),
})

export const ProfileRecord = z.object({
  type: z.literal('profile'),
  ...Identifiers,
  memberships: z.optional(z.array(Membership)),
  /** Written under these exact names. `null` removes the attribute in Braze. */
  attributes: z.optional(JsonObject),
  run_id: z.optional(z.string()),
  /** ISO 8601, when the sender says it exported the row. */
  source_time: z.optional(z.string()),
})

export const EventRecord = z.object({
  type: z.literal('event'),
  ...Identifiers,
  name: nonEmpty,
  /** ISO 8601. Without it, the event happened when its message was received. */
  time: z.optional(z.string()),
  /** The sender's own id of the event, which makes a repeated request recognisable. */
  event_id: z.optional(z.string()),
  properties: z.optional(JsonObject),
  /** The other fields of the object, which are Braze's own, such as `app_id` and `_update_existing_only`. */
  fields: z.optional(JsonObject),
  run_id: z.optional(z.string()),
})

/** A purchase comes only in Braze's own body format. */
export const PurchaseRecord = z.object({
  type: z.literal('purchase'),
  ...Identifiers,
  product_id: nonEmpty,
  /** ISO 4217. */
  currency: nonEmpty,
  price: z.number(),
  /** ISO 8601. */
  time: z.string(),
  quantity: z.optional(z.number()),
  properties: z.optional(JsonObject),
  /** The other fields of the object, which are Braze's own, such as `app_id` and `_update_existing_only`. */
  fields: z.optional(JsonObject),
  run_id: z.optional(z.string()),
})

export const BridgeRecord = z.discriminatedUnion('type', [ProfileRecord, EventRecord, PurchaseRecord])

export type Membership = z.infer<typeof Membership>
export type ProfileRecord = z.infer<typeof ProfileRecord>
export type EventRecord = z.infer<typeof EventRecord>
export type PurchaseRecord = z.infer<typeof PurchaseRecord>
export type BridgeRecord = z.infer<typeof BridgeRecord>

/** Braze's three arrays of /users/track, in the order in which Braze reports what it processed. */
export const TRACK_ARRAYS = ['attributes', 'events', 'purchases'] as const
export type TrackArray = (typeof TRACK_ARRAYS)[number]

/**
 * The two queues, named after what they carry. Every profile change goes through the same queue; otherwise an
 * older value could overtake a newer one.
 */
export type QueueName = 'profiles' | 'events'

export const queueOf = (record: BridgeRecord): QueueName =>
  record.type === 'profile' ? 'profiles' : 'events'

/**
 * Braze's operators on an attribute's value: `{"inc": 5}`, the array operations `{"add": […]}` and the object
 * array's `{"$add": […]}`. Their result depends on the previous value, so applying one twice is not the same
 * as applying it once.
 */
const RELATIVE_OPERATORS = ['inc', 'add', 'remove', 'update', '$add', '$remove', '$update']

export const isRelative = (value: unknown) =>
  typeof value === 'object' &&
  value !== null &&
  RELATIVE_OPERATORS.some((operator) => Object.hasOwn(value, operator))

/**
 * Some of these fields say how Braze treats the whole object; merging one with a neighbour would change the
 * neighbour's meaning. The others are lists that Braze adds to what it already has; merging one would lose
 * entries.
 */
const UNMERGEABLE_FIELDS = new Set([
  '_merge_objects',
  '_update_existing_only',
  'push_token_import',
  'push_tokens',
  'subscription_groups',
])

/**
 * Whether a record may be merged with its neighbours and written twice. Plain profile values may. Events,
 * writes that depend on the previous value, and everything that is more than a value may not.
 */
export function isSafeToResend(record: BridgeRecord): boolean {
  if (record.type !== 'profile') return false
  const { attributes, push_token_import } = record
  if (push_token_import) return false
  if (attributes === undefined) return true
  for (const name of Object.keys(attributes))
    if (UNMERGEABLE_FIELDS.has(name.trim()) || isRelative(attributes[name])) return false
  return true
}
