import type { QueueName } from '../../functions/shared/record.ts'
import { type Pace, requestSpacingMs } from '../../lib/settings.ts'
import { SEARCH_WINDOW } from '../proof/fifo-queue.ts'
import { type BrazeBehaviour, createBraze } from './braze.ts'
import { createClock } from './clock.ts'
import { createLatencies } from './latencies.ts'
import type { Door } from './post.ts'
import { createQueue } from './queue.ts'
import type { Site } from './run.ts'
import { createPlace } from './work.ts'

export type Fleet = {
  lanes: number
  queues: Readonly<Record<QueueName, Pace>>
}

export const KINDS = ['profiles', 'events'] as const satisfies readonly QueueName[]

export type World = ReturnType<typeof createWorld>

/** The queues, the fleet and Braze, in a time that nobody waits for. */
export function createWorld(options: {
  fleet: Fleet
  braze: Omit<BrazeBehaviour, 'answerMs'> & { answerMs: (random: () => number) => number }
  /** From 0 up to 1. */
  random: () => number
  /** The queues' own, where that is less than AWS's. */
  searchWindow?: number
}) {
  const { fleet, random, searchWindow = SEARCH_WINDOW } = options
  const clock = createClock()
  const queues = {
    profiles: createQueue(fleet.lanes, clock, searchWindow),
    events: createQueue(fleet.lanes, clock, searchWindow),
  }
  const braze = createBraze({ ...options.braze, answerMs: () => options.braze.answerMs(random) }, clock.now)
  const latencies = { profiles: createLatencies(), events: createLatencies() }
  const siteOf = (kind: QueueName): Site => ({
    kind,
    clock,
    queue: queues[kind],
    braze,
    random,
    spacingMs: requestSpacingMs(fleet.queues[kind]),
    count: { requests: 0, delivered: 0, parkedRows: 0, mostReceives: 0 },
    latencies: latencies[kind],
  })
  const sites = { profiles: siteOf('profiles'), events: siteOf('events') }
  for (const kind of KINDS)
    for (let places = 0; places < fleet.queues[kind].concurrency; places++)
      clock.resume(createPlace(sites[kind]))

  const door: Door = { clock, lanes: fleet.lanes, queues, random }
  return { clock, queues, braze, latencies, sites, door }
}
