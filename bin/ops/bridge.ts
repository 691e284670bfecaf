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
   * How many functions the account may run at a time in this region, not counting what is reserved for single
   * functions. Absent for a local run.
   */
  accountConcurrency?: () => Promise<number>
  /**
   * The messages that the worker has logged as finished since this moment, in milliseconds since the epoch.
   */
  finished: (since: number) => Promise<readonly FinishedMessage[]>
}

export type EventSourceStatus = {
  /** `changing`: AWS is turning it on or off. */
  state: 'enabled' | 'disabled' | 'changing'
  /** The most workers that it runs at a time; absent if there is no limit, and for a local run. */
  maxConcurrency?: number
}

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
