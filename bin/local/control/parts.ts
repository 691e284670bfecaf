import type { FinishedMessage } from '../../../functions/shared/log.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { QueuedGroup } from '../queues.ts'
import type { TelemetryParts } from './answer-telemetry.ts'
import type { WindowParts } from './window-parts.ts'

/** What can be asked of a running bridge and done to it from outside, beside what SQS and Secrets Manager do. */
export type ControlParts = {
  isEnabled: (queue: QueueName) => boolean
  enable: (queue: QueueName, enabled: boolean) => void
  /** What stands in a queue, by message group. */
  groups: (queue: QueueName) => QueuedGroup[]
  /** What the worker has finished since this moment. */
  finished: (since: number) => FinishedMessage[]
  window: WindowParts
  /** Milliseconds since the epoch. */
  now: () => number
  telemetry: TelemetryParts
}
