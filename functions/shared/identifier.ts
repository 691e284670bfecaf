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
