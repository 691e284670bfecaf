import type { QueueName } from '../../functions/shared/record.ts'
import { type PaceSettings, requestSpacingMs } from '../../lib/settings.ts'
import { SEARCH_WINDOW } from '../proof/fifo-queue.ts'
import { type BrazeBehaviour, createBrazeModel } from './braze.ts'
import { createSimulatedClock } from './clock.ts'
import { createLatencies } from './latencies.ts'
import type { Intake } from './post.ts'
import { createQueue } from './queue.ts'
import type { WorkerFleet } from './run.ts'
import { createSlot } from './work.ts'

export type FleetSettings = {
  lanes: number
  queues: Readonly<Record<QueueName, PaceSettings>>
}

export const KINDS = ['profiles', 'events'] as const satisfies readonly QueueName[]

export type SimulatedWorld = ReturnType<typeof createSimulatedWorld>

/** Creates the queues, the fleets and Braze in simulated time. */
export function createSimulatedWorld(options: {
  fleet: FleetSettings
  braze: Omit<BrazeBehaviour, 'answerMs'> & { answerMs: (random: () => number) => number }
  /** From 0 up to 1. */
  random: () => number
  /** The search window of both queues; as on AWS unless set. */
  searchWindow?: number
}) {
  const { fleet, random, searchWindow = SEARCH_WINDOW } = options
  const clock = createSimulatedClock()
  const queues = {
    profiles: createQueue(fleet.lanes, clock, searchWindow),
    events: createQueue(fleet.lanes, clock, searchWindow),
  }
  const braze = createBrazeModel(
    { ...options.braze, answerMs: () => options.braze.answerMs(random) },
    clock.now,
  )
  const latencies = { profiles: createLatencies(), events: createLatencies() }
  const workersOf = (kind: QueueName): WorkerFleet => ({
    kind,
    clock,
    queue: queues[kind],
    braze,
    random,
    spacingMs: requestSpacingMs(fleet.queues[kind]),
    count: { requests: 0, delivered: 0, parkedRows: 0, mostReceives: 0 },
    latencies: latencies[kind],
  })
  const fleets = { profiles: workersOf('profiles'), events: workersOf('events') }
  for (const kind of KINDS)
    for (let slots = 0; slots < fleet.queues[kind].concurrency; slots++)
      clock.resume(createSlot(fleets[kind]))

  const intake: Intake = { clock, lanes: fleet.lanes, queues, random }
  return { clock, queues, braze, latencies, fleets, intake }
}
