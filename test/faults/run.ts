import type { BrazeSimulator } from '../../bin/local/braze/simulator.ts'
import type { SqsQueue } from '../../bin/proof/sqs-queue.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { FaultScenario } from './scenario.ts'

/** A request as Braze received it. */
export type SeenRequest = {
  at: number
  until: number
  invocation: number
  queue: QueueName
  objects: number
  /** The row numbers of the events, purchases and increments in this request. */
  events: number[]
  users: string[]
  applied: boolean
  /** Whether the worker learned the outcome. A lost or unreadable answer leaves it unknown. */
  known: boolean
  /** The end of the wait that a 429 asked for. Milliseconds since the epoch. */
  waitUntil?: number
}

/** The outcome of a scenario, for the oracle to judge. */
export type FaultRun = {
  scenario: FaultScenario
  braze: BrazeSimulator
  queues: Record<QueueName, SqsQueue>
  deadLetters: Record<QueueName, SqsQueue>
  /** The bodies of the messages that a source queue accepted and did not deduplicate, in order. */
  accepted: { queue: QueueName; body: string }[]
  /** Requests that were answered 200 or 422, with the number of accepted rows in the answer. */
  answers: { requestId: string; accepted: number }[]
  /** The number of records that SQS accepted, by request id. */
  taken: Map<string, number>
  /** Messages that SQS deduplicated. `repeated` is set if their request repeats an earlier one. */
  deduplicated: { body: string; repeated: { key: string | undefined } | undefined }[]
  /** The requests that repeat rows of an earlier one, by request id, with their idempotency key. */
  repeats: Map<string, { key: string | undefined }>
  /** The numbers of all rows of answered requests. */
  answeredRows: number[]
  seen: SeenRequest[]
  /** Events that an invocation delivered before it was killed, or whose message SQS did not delete. */
  excusedByKill: Set<number>
  /** Events that an invocation delivered although their message went back to its queue unfinished. */
  excusedByCutOff: Set<number>
  kills: number
  /** The number of messages that were done but not deleted, so that SQS hands them out again. */
  undeleted: number
  /** Users whose object was the only one in a request to which the scenario made Braze answer 400 or 413. */
  rejectedAlone: Set<string>
  /** Log lines and metrics. */
  logs: unknown[]
  quiet: boolean
}

/** The faults that are active, with the clock by which they come and go, and the run that records their effects. */
export type Faults = {
  /** Replaced when the causes are fixed. */
  scenario: FaultScenario
  run: FaultRun
  now: () => number
  sleep: (ms: number) => Promise<void>
  /** Whether the current time is within the window. `from` is in minutes after the start of the run. */
  during: (window: { from: number; minutes: number } | undefined) => boolean
}
