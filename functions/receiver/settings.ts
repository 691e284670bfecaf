import type { ReceiverEnv } from '../shared/env.ts'
import type { IdentifierName } from '../shared/identifier.ts'
import type { QueueName } from '../shared/record.ts'

/** What is set per stack; what a connection may set for itself later stands beside it. */
export type Settings = {
  lanes: number
  preferredIdentifier: IdentifierName
  /** The split of a membership whose row names none. */
  defaultSplitId: string
  /** Queue URLs. */
  queues: Record<QueueName, string>
  deadLetters: Record<QueueName, string>
}

export const settingsFrom = (env: ReceiverEnv): Settings => ({
  lanes: env.LANES,
  preferredIdentifier: env.PREFERRED_IDENTIFIER,
  defaultSplitId: env.DEFAULT_SPLIT_ID,
  queues: { profiles: env.PROFILES_QUEUE_URL, events: env.EVENTS_QUEUE_URL },
  deadLetters: { profiles: env.PROFILES_DLQ_URL, events: env.EVENTS_DLQ_URL },
})
