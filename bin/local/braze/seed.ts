import type { StateChange } from './change.ts'
import { brazeIdOf, type SimulatorState } from './state.ts'

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
