import * as z from 'zod'

/** The values are JSON as received. */
const Values = z.record(z.string(), z.unknown())

const ProfileAlias = z.object({ alias_name: z.string(), alias_label: z.string() })

export const Profile = z.object({
  braze_id: z.string(),
  external_id: z.string().optional(),
  user_aliases: z.array(ProfileAlias),
  custom_attributes: Values,
  /** Braze's own fields (`email`, `first_name`, …), which are stored apart from custom attributes. */
  standard: Values,
})

const COMMON_FIELDS = {
  braze_id: z.string(),
  external_id: z.string().optional(),
  /** ISO 8601: the time as sent, or the time of arrival if the sent time is in the future. */
  time: z.string(),
  /** When it arrived, in epoch milliseconds. */
  at: z.number(),
  properties: Values,
}
export const StoredEvent = z.object({ ...COMMON_FIELDS, name: z.string() })
export const StoredPurchase = z.object({
  ...COMMON_FIELDS,
  product_id: z.string(),
  currency: z.string(),
  price: z.number(),
})

/** Something that Braze counts as processed and then silently drops. */
export const Vanished = z.object({
  /** Written as in `users` of a request's log entry: `external_id:u-1`, `braze_id:…`. */
  user: z.string(),
  at: z.number(),
  why: z.enum(['type mismatch', 'unknown user', 'broken rule']),
  /** The attribute, if only this was dropped or cut, and its value as it was sent. */
  attribute: z.string().optional(),
  value: z.unknown().optional(),
  /** For a type mismatch: the type that an earlier value fixed. */
  fixedType: z.string().optional(),
  /** For a broken rule: the rule in words. */
  rule: z.string().optional(),
})

/**
 * One change of the simulator's state, as stored in the journal. Values are final, so replaying needs no
 * rules.
 */
export const StateChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('profile'), profile: Profile }),
  /** `null` removes a field. */
  z.object({ kind: z.literal('set'), braze_id: z.string(), custom: Values, standard: Values }),
  z.object({ kind: z.literal('event'), event: StoredEvent }),
  z.object({ kind: z.literal('purchase'), purchase: StoredPurchase }),
  z.object({ kind: z.literal('vanished'), vanished: Vanished }),
])

export type Profile = Readonly<z.infer<typeof Profile>>
export type StoredEvent = Readonly<z.infer<typeof StoredEvent>>
export type StoredPurchase = Readonly<z.infer<typeof StoredPurchase>>
export type Vanished = Readonly<z.infer<typeof Vanished>>
export type StateChange = z.infer<typeof StateChange>

/** The result of one object of a request. */
export type ObjectVerdict = { ok: true; changes: StateChange[] } | { ok: false; error: string }
