import { createHash } from 'node:crypto'
import { typeOf } from './attribute-value.ts'
import type { Profile, StateChange, StoredEvent, StoredPurchase, Vanished } from './change.ts'
import { type User, userLabel } from './identify.ts'

/** The whole state of one Braze workspace. Only `applyChange` changes it. */
export type SimulatorState = {
  profiles: Map<string, Profile>
  /** The braze_id of each external_id. */
  externalIds: Map<string, string>
  /** The type of each custom attribute. Its first value fixes the type permanently and for every profile. */
  types: Map<string, string>
  events: StoredEvent[]
  purchases: StoredPurchase[]
  vanished: Vanished[]
}

export const emptyState = (): SimulatorState => ({
  profiles: new Map(),
  externalIds: new Map(),
  types: new Map(),
  events: [],
  purchases: [],
  vanished: [],
})

/**
 * Braze's ids are 24 hexadecimal digits. These are derived from the user, so that every run has the same ids.
 */
export const brazeIdOf = (label: string) => createHash('sha256').update(label).digest('hex').slice(0, 24)

export function findProfile(state: SimulatorState, user: User): Profile | undefined {
  switch (user.by) {
    case 'braze_id':
      return state.profiles.get(user.value)
    case 'external_id':
      return state.profiles.get(state.externalIds.get(user.value) ?? '')
    case 'user_alias':
      return state.profiles
        .values()
        .find((profile) =>
          profile.user_aliases.some((alias) => `${alias.alias_label}:${alias.alias_name}` === user.value),
        )
    default:
      return state.profiles.values().find((profile) => profile.standard[user.by] === user.value)
  }
}

/** The profile that a user's first object creates. A `braze_id` cannot create one. */
export function newProfile(user: User): Profile {
  return {
    braze_id: brazeIdOf(userLabel(user)),
    ...(user.by === 'external_id' ? { external_id: user.value } : {}),
    user_aliases: user.by === 'user_alias' ? [user.alias] : [],
    custom_attributes: {},
    standard: user.by === 'email' || user.by === 'phone' ? { [user.by]: user.value } : {},
  }
}

export function applyChange(state: SimulatorState, change: StateChange) {
  switch (change.kind) {
    case 'profile':
      storeProfile(state, change.profile)
      return fixTypes(state, change.profile.custom_attributes)
    case 'set': {
      const profile = state.profiles.get(change.braze_id)
      if (!profile) return
      fixTypes(state, change.custom)
      return storeProfile(state, {
        ...profile,
        custom_attributes: merged(profile.custom_attributes, change.custom),
        standard: merged(profile.standard, change.standard),
      })
    }
    case 'event':
      return void state.events.push(change.event)
    case 'purchase':
      return void state.purchases.push(change.purchase)
    case 'vanished':
      return void state.vanished.push(change.vanished)
  }
}

function storeProfile(state: SimulatorState, profile: Profile) {
  state.profiles.set(profile.braze_id, profile)
  if (profile.external_id !== undefined) state.externalIds.set(profile.external_id, profile.braze_id)
}

function fixTypes(state: SimulatorState, values: Record<string, unknown>) {
  for (const [name, value] of Object.entries(values))
    if (value !== null && !state.types.has(name)) state.types.set(name, typeOf(value))
}

const merged = (before: Record<string, unknown>, set: Record<string, unknown>) =>
  Object.fromEntries(Object.entries({ ...before, ...set }).filter(([, value]) => value !== null))
