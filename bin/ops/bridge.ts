import type { FinishedMessage } from '../../functions/shared/log.ts'
import type { QueueName } from '../../functions/shared/record.ts'

/** A running bridge, deployed or local, as far as operators look at it and steer it beside its queues and secrets. */
export type Bridge = {
  /** Of each queue, what feeds the worker from it. */
  eventSources: () => Promise<Readonly<Record<QueueName, EventSourceStatus>>>
  /** Turns a queue's event source on or off. What is under way goes on. AWS takes up to a minute. */
  enable: (queue: QueueName, enabled: boolean) => Promise<void>
  queues: () => Promise<Readonly<Record<QueueName, QueueState>>>
  /** What the worker says in its log to have finished since this moment, in milliseconds since the epoch. */
  finished: (since: number) => Promise<readonly FinishedMessage[]>
}

/** `changing`: AWS is turning it on or off at this moment. */
export type EventSourceStatus = { state: 'enabled' | 'disabled' | 'changing' }

export type QueueState = {
  /** Messages that can be received. SQS knows it roughly. */
  waiting: number
  /** Messages that the worker has, or that it told to wait. */
  inFlight: number
  /** Milliseconds that the oldest of them has waited; absent where there is none, or AWS does not tell yet. */
  oldestMs?: number
}
