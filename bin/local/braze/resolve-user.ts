import type { Profile, StateChange } from './change.ts'
import { identify, userLabel } from './identify.ts'
import { findProfile, newProfile, type SimulatorState } from './state.ts'

export type Resolved = { label: string; profile: Profile; changes: StateChange[] }

type Resolution =
  | ({ ok: true; vanished: false } & Resolved)
  /**
   * The object is for existing users only, and this user does not exist. Braze accepts the object and drops
   * it.
   */
  | { ok: true; vanished: true; changes: StateChange[] }
  | { ok: false; error: string }

/** Finds the profile that an object is for, or the profile that it creates. */
export function resolveUser(state: SimulatorState, object: Record<string, unknown>, now: number): Resolution {
  const identified = identify(object)
  if (!identified.ok) return identified
  const { user } = identified
  const label = userLabel(user)
  const known = findProfile(state, user)
  if (known) return { ok: true, vanished: false, label, profile: known, changes: [] }
  if (user.by === 'braze_id')
    return { ok: false, error: 'No user has this braze_id, and a braze_id creates none' }
  if (object._update_existing_only === true) {
    const lost = { user: label, at: now, why: 'unknown user' as const }
    return { ok: true, vanished: true, changes: [{ kind: 'vanished', vanished: lost }] }
  }
  const profile = newProfile(user)
  return { ok: true, vanished: false, label, profile, changes: [{ kind: 'profile', profile }] }
}
