import type { QueueName } from './record.ts'

/**
 * The one list of metrics and their dimensions: the functions emit by it, and the dashboard, alarms and
 * commands read by it. CloudWatch does not add up a metric over its dimensions (CloudWatch user guide,
 * "Metrics concepts"), so each way to look at a metric is a set of dimensions that it is emitted with.
 */

export const METRICS_NAMESPACE = 'ActionIQBrazeBridge'

/** Part of every set, because the metrics of two stacks in one account must not be added up. */
export const STACK_DIMENSION = 'stack'

/** The classes of Braze's answers. `none` means that no answer came. */
export const BRAZE_ANSWERS = [
  '2xx',
  '400',
  '401',
  '403',
  '404',
  '413',
  '429',
  '5xx',
  'none',
  'other',
] as const
export type BrazeAnswerClass = (typeof BRAZE_ANSWERS)[number]

/** The dimensions, besides the stack, by which a metric can be split. */
export type Dimensions = {
  /** The name of a configured connection. */
  connection: string
  kind: QueueName
  /** Why something was parked. */
  code: string
  answer: BrazeAnswerClass
}
export type Metric = {
  unit: 'Count' | 'Milliseconds'
  /**
   * The sets of dimensions that it is emitted with, each in addition to the stack. `[]` is the stack alone.
   */
  sets: readonly (readonly (keyof Dimensions)[])[]
}

const STACK = [[]] as const
const STACK_AND_KIND = [[], ['kind']] as const
const STACK_AND_CONNECTION = [[], ['connection', 'kind']] as const

export const METRICS = {
  /** Rows that were put into a queue. */
  RowsAccepted: { unit: 'Count', sets: STACK_AND_CONNECTION },
  /** Rows that the receiver rejected. */
  RowsParked: { unit: 'Count', sets: STACK_AND_CONNECTION },
  /** Rows of a connection in capture mode. */
  RowsCaptured: { unit: 'Count', sets: STACK_AND_CONNECTION },
  /** Records that Braze accepted, of finished messages. */
  RecordsDelivered: { unit: 'Count', sets: STACK_AND_CONNECTION },
  /** Records that the worker parked. */
  RecordsParked: { unit: 'Count', sets: STACK_AND_CONNECTION },
  /** Parked rows and records together, by reason. */
  Parked: { unit: 'Count', sets: [['code']] },
  /**
   * Time from the request that brought in a message's rows to Braze's answer to the last of them: one value
   * per message.
   */
  AcceptedToDelivered: { unit: 'Milliseconds', sets: [['kind']] },
  /** The worker's requests, by Braze's answer. */
  BrazeAnswers: { unit: 'Count', sets: [['answer']] },
  BrazeRequests: { unit: 'Count', sets: STACK_AND_KIND },
  /** Objects in those requests. A request takes up to 75. */
  BrazeObjects: { unit: 'Count', sets: STACK_AND_KIND },
  /** Objects that Braze neither counted as processed nor rejected, in an answer that confirmed the request. */
  BrazeUncounted: { unit: 'Count', sets: STACK },
  /**
   * Invocations that held every message until a person fixes something, and messages held for their unknown
   * version.
   */
  BrazeHolding: { unit: 'Count', sets: STACK },
  /** Requests that Braze answered with 429. */
  BrazeThrottled: { unit: 'Count', sets: STACK },
  MessagesReturned: { unit: 'Count', sets: STACK },
  /** Worker invocations that ended in an unexpected error. */
  InvocationsFailed: { unit: 'Count', sets: STACK },
  /** Senders' requests that ended in an unexpected error. */
  RequestsFailed: { unit: 'Count', sets: STACK },
  /** Requests that were answered with 401. */
  RequestsRefused: { unit: 'Count', sets: STACK },
  /** Requests that were answered with 503. */
  RequestsUnavailable: { unit: 'Count', sets: STACK },
  /** Requests to /users/export/ids. */
  ExportRequests: { unit: 'Count', sets: [[], ['connection']] },
  /** Profiles that those requests asked Braze for. */
  ProfilesRequested: { unit: 'Count', sets: [[], ['connection']] },
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof METRICS

/** The dimensions that a metric needs, over all its sets. */
export type DimensionsOf<Name extends MetricName> = Pick<
  Dimensions,
  (typeof METRICS)[Name]['sets'][number][number]
>
