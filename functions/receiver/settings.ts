import type { Connections } from '../shared/connection.ts'
import type { ReceiverEnv } from '../shared/env.ts'
import type { QueueName } from '../shared/record.ts'

/** The settings of the whole stack. Each sender's own settings are in its connection. */
export type ReceiverSettings = {
  lanes: number
  /** A message that is not safe to resend holds no more records, because it must fit into one request to Braze. */
  objectsPerRequest: number
  connections: Connections
  /** Queue URLs. */
  queues: Record<QueueName, string>
  deadLetters: Record<QueueName, string>
  /** URL of the queue for readings from connections in capture mode. */
  captures: string
}

export const settingsFrom = (env: ReceiverEnv, connections: Connections): ReceiverSettings => ({
  lanes: env.LANES,
  objectsPerRequest: env.OBJECTS_PER_REQUEST,
  connections,
  queues: { profiles: env.PROFILES_QUEUE_URL, events: env.EVENTS_QUEUE_URL },
  deadLetters: { profiles: env.PROFILES_DLQ_URL, events: env.EVENTS_DLQ_URL },
  captures: env.CAPTURES_QUEUE_URL,
})
