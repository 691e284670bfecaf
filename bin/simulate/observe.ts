import { RETENTION_DAYS } from '../../functions/shared/limits.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { Course } from './clock.ts'
import { KINDS, type World } from './world.ts'

const LOOK_EVERY_MS = 10_000
const RETENTION_MS = RETENTION_DAYS * 86_400_000

/** A queue whose oldest message is younger than this has no backlog, nor one where it was as old before the outage. */
const FRESH_MS = 60_000

export type QueueSample = {
  messages: number
  rows: number
  /** Of the oldest message; 0 where none waits. */
  ageMs: number
  requestsPerSecond: number
  /** From request to Braze's answer, of what was delivered since the sample before; undefined without any. */
  p50Ms: number | undefined
  p99Ms: number | undefined
}
export type Sample = { atMs: number; queues: Readonly<Record<QueueName, QueueSample>> }

export type Observed = {
  samples: Sample[]
  /** When a queue had no backlog any more, in milliseconds since the start. */
  drainedAt: Partial<Record<QueueName, number>>
  /** How long workers stood idle while all lanes they could serve stood behind the first 120,000 messages. */
  blockedMs: Record<QueueName, number>
  /** A message stood longer than SQS keeps it. */
  lost: boolean
}

/**
 * Writes down how it stands, every `stepMs`, and when each queue has no backlog any more.
 * @returns what it writes into while the course goes on.
 */
export function observe(world: World, stepMs: number, outage: { from: number; to: number }): Observed {
  const observed: Observed = {
    samples: [],
    drainedAt: {},
    blockedMs: { profiles: 0, events: 0 },
    lost: false,
  }
  const { clock, queues, latencies, sites } = world
  const usual = { profiles: FRESH_MS, events: FRESH_MS }
  const requestsBefore = { profiles: 0, events: 0 }
  const ageOf = (kind: QueueName) => Math.max(0, clock.now() - queues[kind].oldestAt())

  function look(kind: QueueName): void {
    const ageMs = ageOf(kind)
    if (clock.now() <= outage.from) usual[kind] = Math.max(usual[kind], ageMs)
    if (clock.now() >= outage.to && ageMs <= usual[kind]) observed.drainedAt[kind] ??= clock.now()
    if (queues[kind].isBlocked()) observed.blockedMs[kind] += LOOK_EVERY_MS
    observed.lost ||= ageMs >= RETENTION_MS
  }

  function sample(kind: QueueName): QueueSample {
    const { messages, rows } = queues[kind].count
    const { requests } = sites[kind].count
    const since = requests - requestsBefore[kind]
    requestsBefore[kind] = requests
    const [p50Ms, p99Ms] = [latencies[kind].quantile(0.5), latencies[kind].quantile(0.99)]
    latencies[kind].reset()
    return { messages, rows, ageMs: ageOf(kind), requestsPerSecond: (since * 1_000) / stepMs, p50Ms, p99Ms }
  }

  function* course(): Course {
    for (let looks = 1; ; looks++) {
      yield LOOK_EVERY_MS
      for (const kind of KINDS) look(kind)
      if ((looks * LOOK_EVERY_MS) % stepMs === 0)
        observed.samples.push({
          atMs: clock.now(),
          queues: { profiles: sample('profiles'), events: sample('events') },
        })
    }
  }

  clock.resume(course())
  return observed
}
