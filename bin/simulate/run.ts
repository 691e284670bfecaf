import type { QueueName } from '../../functions/shared/record.ts'
import type { Halt } from '../../functions/worker/invocation.ts'
import { takeTurn } from '../../functions/worker/send/pace.ts'
import type { BrazeModel } from './braze.ts'
import type { SimulatedClock } from './clock.ts'
import type { Latencies } from './latencies.ts'
import type { Queue, SimulatedMessage } from './queue.ts'

/** What the workers of one queue share. */
export type WorkerFleet = {
  kind: QueueName
  clock: SimulatedClock
  queue: Queue
  braze: BrazeModel
  random: () => number
  /** The least time between two requests of an invocation, in milliseconds. */
  spacingMs: number
  count: { requests: number; delivered: number; parkedRows: number; mostReceives: number }
  latencies: Latencies
}

/** One running invocation: the worker's own `Invocation` and `Outcome`, but without the content of rows. */
export type SimulatedRun = {
  readonly fleet: WorkerFleet
  readonly deadline: number
  halt: Halt | undefined
  readonly backedOff: Map<string, number | undefined>
  readonly waits: Map<string, number>
  /** The number of rows of each message that Braze accepted or that are parked. */
  readonly settled: Map<SimulatedMessage, number>
  readonly deliveredAt: Map<SimulatedMessage, number>
  readonly finished: Set<SimulatedMessage>
  nextAt: number
  requests: number
  taken: number
}

export const startSimulatedRun = (fleet: WorkerFleet, deadline: number): SimulatedRun => ({
  fleet,
  deadline,
  halt: undefined,
  backedOff: new Map(),
  waits: new Map(),
  settled: new Map(),
  deliveredAt: new Map(),
  finished: new Set(),
  nextAt: 0,
  requests: 0,
  taken: 0,
})

/** Takes the next turn. @returns how long to sleep before that request, in milliseconds. */
export function pace(run: SimulatedRun): number {
  const { clock, spacingMs } = run.fleet
  const turn = takeTurn(run.nextAt, spacingMs, clock.now())
  run.nextAt = turn.nextAt
  return turn.startAt - clock.now()
}

export const isFullySettled = ({ settled }: SimulatedRun, message: SimulatedMessage) =>
  settled.get(message) === message.rows
