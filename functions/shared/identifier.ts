/** One person, named as Braze knows them. Exactly one identifier: Braze rejects an object that carries two. */
export type Identifier = { external_id: string } | { braze_id: string }

export type IdentifierName = 'external_id' | 'braze_id'

/**
 * ActionIQ exports both ids, and Braze takes one: the preferred one where the row has it, else the other.
 * The receiver chooses the lane and the worker addresses Braze by this same choice, so both must be set alike.
 */
export function chooseIdentifier(
  ids: { external_id?: string | undefined; braze_id?: string | undefined },
  preferred: IdentifierName,
): Identifier | undefined {
  const { external_id, braze_id } = ids
  if (external_id !== undefined && (preferred === 'external_id' || braze_id === undefined))
    return { external_id }
  if (braze_id !== undefined) return { braze_id }
  return undefined
}

/** A key that is equal for equal identifiers only: an external id that looks like a braze id stays another person. */
export const userKey = (id: Identifier) => ('external_id' in id ? `e:${id.external_id}` : `b:${id.braze_id}`)
