import type { ReceiverSettings } from '../../../functions/receiver/settings.ts'
import { Connections } from '../../../functions/shared/connection.ts'

const connections = Connections.parse({ default: { defaultSplitId: '1' } })

export const CONNECTION = connections.default

export const SETTINGS: ReceiverSettings = {
  lanes: 16,
  objectsPerRequest: 75,
  connections,
  queues: { profiles: 'profiles', events: 'events' },
  deadLetters: { profiles: 'profiles-dlq', events: 'events-dlq' },
  captures: 'captures',
}

/** @returns a function that makes the ids id-1, id-2, … in order. */
export function ids(): () => string {
  let made = 0
  return () => {
    made += 1
    return `id-${made}`
  }
}
