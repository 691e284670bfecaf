import type { Settings } from '../../../functions/receiver/settings.ts'

export const SETTINGS: Settings = {
  lanes: 16,
  preferredIdentifier: 'external_id',
  defaultSplitId: '1',
  queues: { profiles: 'profiles', events: 'events' },
  deadLetters: { profiles: 'profiles-dlq', events: 'events-dlq' },
}

/** Ids in order: id-1, id-2, … */
export function ids(): () => string {
  let made = 0
  return () => {
    made += 1
    return `id-${made}`
  }
}
