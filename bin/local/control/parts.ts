import type { FinishedMessage } from '../../../functions/shared/finished-line.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { QueuedGroup } from '../queues.ts'
import type { TelemetryParts } from './answer-telemetry.ts'
import type { WindowParts } from './window-parts.ts'

/** The parts of a running bridge that the control address exposes, in addition to SQS and Secrets Manager. */
export type ControlParts = {
  isEnabled: (queue: QueueName) => boolean
  enable: (queue: QueueName, enabled: boolean) => void
  /** The messages of a queue, counted by message group. */
  groups: (queue: QueueName) => QueuedGroup[]
  /** What the worker has finished since this moment, in milliseconds since the epoch. */
  finished: (since: number) => FinishedMessage[]
  window: WindowParts
  /** Milliseconds since the epoch. */
  now: () => number
  telemetry: TelemetryParts
}
