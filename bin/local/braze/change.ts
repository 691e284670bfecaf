import * as z from 'zod'

/** Values are JSON as it came. */
const Values = z.record(z.string(), z.unknown())

export const ProfileAlias = z.object({ alias_name: z.string(), alias_label: z.string() })

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
  /** ISO 8601, as sent, or the time of arrival where the sent one was in the future. */
  time: z.string(),
  /** When it arrived: epoch milliseconds. */
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

/** What Braze counts as processed and then drops without a word. */
export const Vanished = z.object({
  /** As `users` in a request's log entry: `external_id:u-1`, `braze_id:…`. */
  user: z.string(),
  at: z.number(),
  why: z.enum(['type mismatch', 'unknown user']),
  /** With a type mismatch: the attribute, the value that vanished, and the type that was fixed before. */
  attribute: z.string().optional(),
  value: z.unknown().optional(),
  fixedType: z.string().optional(),
})

/** One step of the simulator's state, as kept in the journal. Every value is final: replaying needs no rules. */
export const StateChange = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('profile'), profile: Profile }),
  /** `null` removes. */
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

/** What an object of a request leads to. */
export type ObjectVerdict = { ok: true; changes: StateChange[] } | { ok: false; error: string }
