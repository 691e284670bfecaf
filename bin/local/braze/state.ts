import { createHash } from 'node:crypto'
import { externalIdBreach, RULES } from '../../../functions/shared/braze-rules/rules.ts'
import type { Profile, StateChange, StoredEvent, StoredPurchase, Vanished } from './change.ts'
import { isRecord } from './outcome.ts'

const PRIMARY = ['external_id', 'user_alias', 'braze_id'] as const
const SECONDARY = ['email', 'phone'] as const

/** The user that an object names. */
export type User =
  | { by: 'external_id' | 'braze_id' | 'email' | 'phone'; value: string }
  | { by: 'user_alias'; value: string; alias: { alias_name: string; alias_label: string } }

type Identified = { ok: true; user: User } | { ok: false; error: string }

/**
 * Finds the one identifier that an object must have. `email` and `phone` count only without a primary
 * identifier.
 */
export function identify(object: Record<string, unknown>): Identified {
  const present = PRIMARY.filter((name) => (object[name] ?? null) !== null)
  const [by] = present
  if (present.length > 1) return notIdentified(ERRORS.severalIds)
  if (by === 'user_alias') return identifyAlias(object.user_alias)
  const name = by ?? SECONDARY.find((field) => (object[field] ?? null) !== null)
  if (name === undefined) return notIdentified(ERRORS.noId)
  const value = name === 'external_id' ? digitsOf(object[name]) : object[name]
  if (typeof value !== 'string' || value === '')
    return notIdentified(`${name} must be a string that is not empty`)
  if (name === 'external_id' && externalIdBreach(value)) return notIdentified(RULES.externalIdTooLong.answer)
  return { ok: true, user: { by: name, value } }
}

const ERRORS = {
  /** A measured answer. */
  severalIds: "You must specify only one of 'external_id', 'user_alias' or 'braze_id'",
  /** From an answer in the tests of other clients; an older form of it was logged. */
  noId: "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required",
}

/** A recorded call shows that Braze accepts whole numbers as `external_id` and `product_id`. */
export const digitsOf = (value: unknown) => (Number.isSafeInteger(value) ? String(value) : value)

function identifyAlias(alias: unknown): Identified {
  if (!isRecord(alias)) return notIdentified('user_alias must be an object')
  const { alias_name, alias_label } = alias
  if (typeof alias_name !== 'string' || typeof alias_label !== 'string' || !alias_name || !alias_label)
    return notIdentified('user_alias must have an alias_name and an alias_label')
  const value = `${alias_label}:${alias_name}`
  return { ok: true, user: { by: 'user_alias', value, alias: { alias_name, alias_label } } }
}

const notIdentified = (error: string): Identified => ({ ok: false, error })

/** Formats a user for the request log and for scripts: `external_id:u-1`. */
export const userLabel = ({ by, value }: User) => `${by}:${value}`

/** The whole state of one Braze workspace. Only `applyChange` changes it. */
export type SimulatorState = {
  profiles: Map<string, Profile>
  /** The braze_id of each external_id. */
  externalIds: Map<string, string>
  /** The type of each custom attribute. Its first value fixes the type for every profile. */
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
function newProfile(user: User): Profile {
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

export const typeOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value)

function fixTypes(state: SimulatorState, values: Record<string, unknown>) {
  for (const [name, value] of Object.entries(values))
    if (value !== null && !state.types.has(name)) state.types.set(name, typeOf(value))
}

const merged = (before: Record<string, unknown>, set: Record<string, unknown>) =>
  Object.fromEntries(Object.entries({ ...before, ...set }).filter(([, value]) => value !== null))

export type Resolved = { label: string; profile: Profile; changes: StateChange[] }

type Resolution =
  | ({ ok: true; vanished: false } & Resolved)
  /**
   * The object is for existing users only, and this user does not exist. Braze accepts the object and drops
   * it.
   */
  | { ok: true; vanished: true; changes: StateChange[] }
  | { ok: false; error: string }

/**
 * Finds the profile that an object is for, or the profile that it creates.
 * @param aliasCreates whether a `user_alias` that nobody has creates a profile.
 */
export function resolveUser(
  state: SimulatorState,
  object: Record<string, unknown>,
  now: number,
  aliasCreates: boolean,
): Resolution {
  const identified = identify(object)
  if (!identified.ok) return identified
  const { user } = identified
  const label = userLabel(user)
  const known = findProfile(state, user)
  if (known) return { ok: true, vanished: false, label, profile: known, changes: [] }
  if (user.by === 'braze_id')
    return { ok: false, error: 'No user has this braze_id, and a braze_id creates none' }
  if (object._update_existing_only === true || (user.by === 'user_alias' && !aliasCreates)) {
    const lost = { user: label, at: now, why: 'unknown user' as const }
    return { ok: true, vanished: true, changes: [{ kind: 'vanished', vanished: lost }] }
  }
  const profile = newProfile(user)
  return { ok: true, vanished: false, label, profile, changes: [{ kind: 'profile', profile }] }
}

/** A profile that exists before any request. Its braze_id is derived from its external id unless given. */
export type SeedProfile = (
  | { external_id: string; braze_id?: string }
  | { external_id?: string; braze_id: string }
) & {
  custom_attributes?: Record<string, unknown>
  standard?: Record<string, unknown>
}

/** @returns the changes that create a seeded profile, or none if it already exists. */
export function seedChanges(state: SimulatorState, seed: SeedProfile): StateChange[] {
  const { external_id, custom_attributes = {}, standard = {} } = seed
  const braze_id = seed.braze_id ?? brazeIdOf(`external_id:${external_id}`)
  const exists =
    state.profiles.has(braze_id) || (external_id !== undefined && state.externalIds.has(external_id))
  if (exists) return []
  const ids = external_id === undefined ? { braze_id } : { braze_id, external_id }
  return [{ kind: 'profile', profile: { ...ids, user_aliases: [], custom_attributes, standard } }]
}
