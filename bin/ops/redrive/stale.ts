import { isDirective } from '../../../functions/receiver/read/rules.ts'
import { flagAttribute } from '../../../functions/shared/flags.ts'
import type { JsonObject } from '../../../functions/shared/json.ts'
import { isSafeToResend, type ProfileRecord } from '../../../functions/shared/record.ts'
import { type AcceptanceOrder, compareOrder } from './order.ts'

/** A change of a profile: whose it is, and when it was accepted. `user` is equal for the same person only. */
export type ProfileWrite = { user: string; record: ProfileRecord; order: AcceptanceOrder }

/** Where in the order of acceptance each attribute of each person was set last. */
export type LatestWrites = ReadonlyMap<string, AcceptanceOrder>

/** They say how Braze takes the whole object: an object that only may be applied sets nothing for sure. */
const CONDITIONS = ['_merge_objects', '_update_existing_only']

/** Braze takes outer spaces away from names, so two spellings are one attribute. */
const nameOf = (header: string) => header.trim()
const keyOf = (user: string, name: string) => JSON.stringify([user, name])

/** Only a plain value makes those before it void; an increment or an added entry builds on them. */
function attributesSet({ attributes = {}, memberships = [] }: ProfileRecord): string[] {
  if (CONDITIONS.some((name) => Object.hasOwn(attributes, name))) return []
  const plain = Object.entries(attributes).filter((cell) =>
    isSafeToResend({ type: 'profile', attributes: Object.fromEntries([cell]) }),
  )
  return [...plain.map(([header]) => nameOf(header)), ...memberships.map(flagAttribute)]
}

export function latestWrites(writes: readonly ProfileWrite[]): LatestWrites {
  const latest = new Map<string, AcceptanceOrder>()
  for (const { user, record, order } of writes) {
    for (const name of attributesSet(record)) {
      const key = keyOf(user, name)
      const before = latest.get(key)
      if (!before || compareOrder(before, order) < 0) latest.set(key, order)
    }
  }
  return latest
}

/**
 * Takes a change apart: what is still the latest that is known of the person, and what a later letter has overtaken.
 * @returns each half as a record, or undefined where nothing is in it.
 */
export function splitOvertaken(
  { user, record, order }: ProfileWrite,
  latest: LatestWrites,
): { fresh: ProfileRecord | undefined; overtaken: ProfileRecord | undefined } {
  const isOvertaken = (name: string) => {
    const later = latest.get(keyOf(user, name))
    return later !== undefined && compareOrder(order, later) < 0
  }
  return {
    fresh: pickAttributes(record, (name) => !isOvertaken(name)),
    overtaken: pickAttributes(record, isOvertaken),
  }
}

function pickAttributes(record: ProfileRecord, keep: (name: string) => boolean): ProfileRecord | undefined {
  const { memberships = [], attributes = {}, ...rest } = record
  const flags = memberships.filter((membership) => keep(flagAttribute(membership)))
  // Directives go with each half of a record that is split.
  const cells = Object.entries(attributes).filter(
    ([header]) => isDirective(nameOf(header)) || keep(nameOf(header)),
  )
  const writes = flags.length > 0 || cells.some(([header]) => !isDirective(nameOf(header)))
  if (!writes) return undefined
  return {
    ...rest,
    ...(flags.length > 0 && { memberships: flags }),
    // Unlike an assignment, this keeps a column named `__proto__`.
    ...(cells.length > 0 && { attributes: Object.fromEntries<JsonObject[string]>(cells) }),
  }
}
