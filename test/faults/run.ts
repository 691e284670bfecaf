import type { BrazeSimulator } from '../../bin/local/braze/simulator.ts'
import type { SqsQueue } from '../../bin/proof/sqs-queue.ts'
import type { Count, Measure } from '../../functions/shared/emit-metrics.ts'
import type { Log } from '../../functions/shared/log.ts'
import type { NamePeople } from '../../functions/shared/person-hash.ts'
import type { SendBatch } from '../../functions/shared/queue.edge.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { FaultScenario } from './scenario.ts'
import type { VirtualClock } from './virtual-clock.ts'

/** One request as Braze saw it. */
export type SeenRequest = {
  at: number
  until: number
  invocation: number
  queue: QueueName
  objects: number
  /** The row numbers of its events. */
  events: number[]
  users: string[]
  applied: boolean
  /** What the worker got: a lost or unreadable answer leaves it in the dark. */
  known: boolean
  /** Set by a 429 or a Retry-After: until when. */
  waitUntil?: number
}

/** What a scenario led to, for the oracle to judge. */
export type FaultRun = {
  scenario: FaultScenario
  braze: BrazeSimulator
  queues: Record<QueueName, SqsQueue>
  deadLetters: Record<QueueName, SqsQueue>
  /** Bodies of messages that a source queue took for the first time, in order. */
  accepted: { queue: QueueName; body: string }[]
  /** Requests that were answered 200 or 422, and how many rows the answer called accepted. */
  answers: { requestId: string; accepted: number }[]
  /** How many records SQS took, by request. */
  taken: Map<string, number>
  /** Messages that SQS recognised as repeated, and the request they came with, if it repeats another. */
  deduplicated: { body: string; repeated: { key: string | undefined } | undefined }[]
  /** All rows of answered requests. */
  answeredRows: number[]
  seen: SeenRequest[]
  /** Events that an invocation delivered before it was killed, or before a message of them went back unfinished. */
  excusedByKill: Set<number>
  excusedByCutOff: Set<number>
  kills: number
  /** Messages that were done, and that SQS hands out again all the same. */
  undeleted: number
  /** Users whose object stood alone in a request that Braze refused, as the scenario told it. */
  rejectedAlone: Set<string>
  /** Log lines and metrics. */
  logs: unknown[]
  quiet: boolean
  endedAt: number
}

/** By request: it repeats an earlier one, byte by byte, under this key. */
export type Repeats = Map<string, { key: string | undefined }>

/** What the parts of a run share. */
export type World = Pick<VirtualClock, 'now' | 'sleep'> & {
  scenario: FaultScenario
  run: FaultRun
  random: () => number
  sendBatch: SendBatch
  repeats: Repeats
  log: Log
  count: Count
  measure: Measure
  namePeople: NamePeople
  newId: () => string
  /** Whether now lies in such a window, which is told in minutes from the start. */
  during: (window: { from: number; minutes: number } | undefined) => boolean
}
