import type { QueueName } from './record.ts'

/**
 * What is measured, and by what: the one list that the functions emit by and that dashboard, alarms and commands read
 * by. CloudWatch adds nothing up over dimensions by itself (CloudWatch user guide, "Metrics concepts"), so each way to
 * look at a metric is a set of dimensions that it is emitted with.
 */

export const METRICS_NAMESPACE = 'ActionIQBrazeBridge'

/** In every set: two stacks of one account must not be added up. */
export const STACK_DIMENSION = 'stack'

/** Braze's answers by class; `none` where no answer came. */
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

/** By what, beside the stack, a metric can be told apart. */
export type Dimensions = {
  /** A connection that is set up. */
  connection: string
  /** The queue. */
  kind: QueueName
  /** Why something was parked. */
  code: string
  answer: BrazeAnswerClass
}
export type Metric = {
  unit: 'Count' | 'Milliseconds'
  /** The sets it is emitted with, each beside the stack; `[]` is the stack alone. */
  sets: readonly (readonly (keyof Dimensions)[])[]
}

const STACK = [[]] as const
const STACK_AND_KIND = [[], ['kind']] as const
const STACK_AND_CONNECTION = [[], ['connection', 'kind']] as const

export const METRICS = {
  /** Rows that stand in a queue. */
  RowsAccepted: { unit: 'Count', sets: STACK_AND_CONNECTION },
  /** Rows that the receiver refused. */
  RowsParked: { unit: 'Count', sets: STACK_AND_CONNECTION },
  /** Rows of a connection in capture mode. */
  RowsCaptured: { unit: 'Count', sets: STACK_AND_CONNECTION },
  /** Of finished messages. */
  RecordsDelivered: { unit: 'Count', sets: STACK_AND_CONNECTION },
  /** Records that the worker gave up. */
  RecordsParked: { unit: 'Count', sets: STACK_AND_CONNECTION },
  /** The rows and records of both, by their reason. */
  Parked: { unit: 'Count', sets: [['code']] },
  /** From the request that brought a message's rows in to Braze's answer to the last of them: one value a message. */
  AcceptedToDelivered: { unit: 'Milliseconds', sets: [['kind']] },
  /** Requests of the worker, by what Braze answered. */
  BrazeAnswers: { unit: 'Count', sets: [['answer']] },
  BrazeRequests: { unit: 'Count', sets: STACK_AND_KIND },
  /** Objects in those requests, of which each takes 75. */
  BrazeObjects: { unit: 'Count', sets: STACK_AND_KIND },
  /** Invocations that held every message until a person mends something. */
  BrazeHolding: { unit: 'Count', sets: STACK },
  /** Answers 429. */
  BrazeThrottled: { unit: 'Count', sets: STACK },
  MessagesReturned: { unit: 'Count', sets: STACK },
  /** Invocations of the worker that ended in a surprise. */
  InvocationsFailed: { unit: 'Count', sets: STACK },
  /** Requests of senders that ended in a surprise. */
  RequestsFailed: { unit: 'Count', sets: STACK },
  /** Answered 401. */
  RequestsRefused: { unit: 'Count', sets: STACK },
  /** Answered 503. */
  RequestsUnavailable: { unit: 'Count', sets: STACK },
  ExportRequests: { unit: 'Count', sets: STACK },
} as const satisfies Record<string, Metric>

export type MetricName = keyof typeof METRICS

/** What a metric must be told by, over all its sets. */
export type DimensionsOf<Name extends MetricName> = Pick<
  Dimensions,
  (typeof METRICS)[Name]['sets'][number][number]
>
