import type { FinishedMessage } from '../../../functions/shared/finished-line.ts'
import type { QueueName } from '../../../functions/shared/record.ts'
import type { DeadLetterBrowser } from '../dead-letter-browser.ts'
import type { Explain } from '../explain.ts'
import type { LiveCounters } from '../live-counters.ts'
import type { LogStore } from '../log-entries.ts'
import type { LookUp } from '../look-up.ts'
import type { Measurements } from '../measurements.ts'
import type { QueuedGroup } from '../queues.ts'
import type { Rehearse } from '../rehearsal.ts'
import type { SampleRequest } from '../samples.ts'
import type { Send } from '../send.ts'
import type { WindowRedrive } from '../window-redrive.ts'

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

export type TelemetryParts = { measurements: Measurements; logStore: LogStore }

/** The parts of a running bridge that only the window uses, not the operators' commands. */
export type WindowParts = {
  facts: WindowFacts
  /** Makes the simulated Braze fail for a while; absent with a real Braze. */
  rehearse?: Rehearse | undefined
  /** A command line that sends a row, with the token as it is now. */
  curl: () => string
  counters: Pick<LiveCounters, 'totals' | 'brazeRequests' | 'inboundRequests'>
  deadLetters: DeadLetterBrowser
  redrive: WindowRedrive
  send: Send
  explain: Explain
  lookUp: LookUp
}

/** Facts that do not change during a run. */
export type WindowFacts = {
  /** Milliseconds since the epoch. */
  startedAt: number
  webhookUrl: string
  /** The options that select this run on a command line. */
  targetFlags: string
  braze: { url: string; isSimulator: boolean }
  connections: readonly string[]
  endpoints: readonly string[]
  /** The largest body that a request may have. */
  maxBodyBytes: number
  /** The number of message groups in each queue. */
  lanes: number
  /** Empty with a real Braze, where the samples would create invented people. */
  samples: readonly SampleRequest[]
}

export type ControlRequest = {
  method: string
  path: string
  query: URLSearchParams
  contentType: string
  bytes: Uint8Array<ArrayBuffer>
  /** `bytes` as text. */
  body: string
}
export type ControlResponse = { status: number; body: unknown }

export const NOT_FOUND: ControlResponse = { status: 404, body: { message: 'There is nothing here.' } }
export const BAD_REQUEST: ControlResponse = {
  status: 400,
  body: { message: 'The body is not what this address takes.' },
}
