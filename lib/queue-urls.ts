import type { QueueName } from '../functions/shared/record.ts'
import type { DeliveryQueue } from './delivery-queue.ts'

export type DeliveryQueues = Readonly<Record<QueueName, DeliveryQueue>>

/** The part of the environment that both functions share. */
export const queueUrls = ({ profiles, events }: DeliveryQueues) => ({
  PROFILES_QUEUE_URL: profiles.queue.queueUrl,
  EVENTS_QUEUE_URL: events.queue.queueUrl,
  PROFILES_DLQ_URL: profiles.deadLetters.queueUrl,
  EVENTS_DLQ_URL: events.deadLetters.queueUrl,
})
