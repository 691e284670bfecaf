import type { FinishedMessage } from '../../functions/shared/finished-line.ts'
import type { QueueName } from '../../functions/shared/record.ts'

/**
 * A running bridge, deployed or local: what operators observe and control, apart from its queues and secrets.
 */
export type Bridge = {
  /** The event source that feeds the worker from each queue. */
  eventSources: () => Promise<Readonly<Record<QueueName, EventSourceStatus>>>
  /**
   * Turns a queue's event source on or off, without waiting for the change. Messages in flight are still
   * processed. AWS takes up to a minute.
   */
  enable: (queue: QueueName, enabled: boolean) => Promise<void>
  queues: () => Promise<Readonly<Record<QueueName, QueueState>>>
  /**
   * The messages that the worker has logged as finished since this moment, in milliseconds since the epoch.
   */
  finished: (since: number) => Promise<readonly FinishedMessage[]>
}

/** `changing`: AWS is turning it on or off. */
export type EventSourceStatus = { state: 'enabled' | 'disabled' | 'changing' }

export type QueueState = {
  /** Messages that can be received or are still delayed by their queue. SQS gives approximate numbers. */
  waiting: number
  /** Messages that the worker is processing or has delayed for a retry. */
  inFlight: number
  /**
   * Age of the oldest message in milliseconds; absent if there is none, or if AWS has not published it yet.
   */
  oldestMs?: number
}
