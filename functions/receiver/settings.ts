import type { Connections } from '../shared/connection.ts'
import type { ReceiverEnv } from '../shared/env.ts'
import type { QueueName } from '../shared/record.ts'

/** What is set per stack; what is set per sender stands in its connection. */
export type Settings = {
  lanes: number
  connections: Connections
  /** Queue URLs. */
  queues: Record<QueueName, string>
  deadLetters: Record<QueueName, string>
  /** Where the readings of connections in capture mode go. */
  captures: string
}

export const settingsFrom = (env: ReceiverEnv, connections: Connections): Settings => ({
  lanes: env.LANES,
  connections,
  queues: { profiles: env.PROFILES_QUEUE_URL, events: env.EVENTS_QUEUE_URL },
  deadLetters: { profiles: env.PROFILES_DLQ_URL, events: env.EVENTS_DLQ_URL },
  captures: env.CAPTURES_QUEUE_URL,
})
