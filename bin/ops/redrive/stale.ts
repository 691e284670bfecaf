import { isDirective } from '../../../functions/shared/directives.ts'
import { flagAttribute } from '../../../functions/shared/flags.ts'
import type { JsonObject } from '../../../functions/shared/json.ts'
import { isSafeToResend, type ProfileRecord } from '../../../functions/shared/record.ts'
import { type AcceptanceOrder, compareOrder } from './order.ts'

/** A change to a profile, and when it was accepted. `user` is equal only for the same person. */
export type ProfileWrite = { user: string; record: ProfileRecord; order: AcceptanceOrder }

/** For each attribute of each person, the position in the order of acceptance of the last write. */
export type LatestWrites = ReadonlyMap<string, AcceptanceOrder>

/**
 * Directives about how Braze applies the whole object. An object that Braze may skip does not certainly set
 * anything.
 */
const CONDITIONS = ['_merge_objects', '_update_existing_only']

/** Braze trims names, so two spellings can be one attribute. */
const nameOf = (header: string) => header.trim()
const keyOf = (user: string, name: string) => JSON.stringify([user, name])

/** Only a plain value replaces earlier ones. An increment or an added entry builds on them. */
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
 * Splits a change into the attributes whose latest known value it holds and those that a later dead letter
 * has overtaken.
 * @returns each half as a record, or undefined if it is empty.
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
  // Both halves of a split record keep the directives.
  const cells = Object.entries(attributes).filter(
    ([header]) => isDirective(nameOf(header)) || keep(nameOf(header)),
  )
  const writes = flags.length > 0 || cells.some(([header]) => !isDirective(nameOf(header)))
  if (!writes) return undefined
  return {
    ...rest,
    ...(flags.length > 0 && { memberships: flags }),
    // `Object.fromEntries`, unlike an assignment, keeps a column named `__proto__`.
    ...(cells.length > 0 && { attributes: Object.fromEntries<JsonObject[string]>(cells) }),
  }
}
