import { RETENTION_DAYS } from '../../functions/shared/limits.ts'
import type { QueueName } from '../../functions/shared/record.ts'
import type { Process } from './clock.ts'
import { KINDS, type SimulatedWorld } from './world.ts'

const CHECK_EVERY_MS = 10_000
const RETENTION_MS = RETENTION_DAYS * 86_400_000

/**
 * A queue has no backlog if its oldest message is at most this old, or at most as old as it was before the
 * outage.
 */
const FRESH_MS = 60_000

export type QueueSnapshot = {
  messages: number
  rows: number
  /** The age of the oldest message; 0 if the queue is empty. */
  ageMs: number
  requestsPerSecond: number
  /**
   * The time from the sender's request to Braze's answer, for what was delivered since the last snapshot;
   * undefined if nothing was.
   */
  p50Ms: number | undefined
  p99Ms: number | undefined
}
export type Snapshot = { atMs: number; queues: Readonly<Record<QueueName, QueueSnapshot>> }

export type Observed = {
  snapshots: Snapshot[]
  /** When each queue first had no backlog after the outage, in milliseconds since the start. */
  drainedAt: Partial<Record<QueueName, number>>
  /**
   * How long workers were idle because all lanes that they could serve were behind the first 120,000
   * messages.
   */
  blockedMs: Record<QueueName, number>
  /** Whether a message waited longer than SQS retains it. */
  lost: boolean
}

/**
 * Takes a snapshot every `stepMs` and notes when each queue has drained.
 * @returns an object that is updated while the simulation runs.
 */
export function observe(
  world: SimulatedWorld,
  stepMs: number,
  outage: { from: number; to: number },
): Observed {
  const observed: Observed = {
    snapshots: [],
    drainedAt: {},
    blockedMs: { profiles: 0, events: 0 },
    lost: false,
  }
  const { clock, queues, latencies, fleets } = world
  const usualAgeMs = { profiles: FRESH_MS, events: FRESH_MS }
  const requestsBefore = { profiles: 0, events: 0 }
  const ageOf = (kind: QueueName) => Math.max(0, clock.now() - queues[kind].oldestAt())

  function check(kind: QueueName): void {
    const ageMs = ageOf(kind)
    if (clock.now() <= outage.from) usualAgeMs[kind] = Math.max(usualAgeMs[kind], ageMs)
    if (clock.now() >= outage.to && ageMs <= usualAgeMs[kind]) observed.drainedAt[kind] ??= clock.now()
    if (queues[kind].isBlocked()) observed.blockedMs[kind] += CHECK_EVERY_MS
    observed.lost ||= ageMs >= RETENTION_MS
  }

  function snapshot(kind: QueueName): QueueSnapshot {
    const { messages, rows } = queues[kind].count
    const { requests } = fleets[kind].count
    const since = requests - requestsBefore[kind]
    requestsBefore[kind] = requests
    const [p50Ms, p99Ms] = [latencies[kind].quantile(0.5), latencies[kind].quantile(0.99)]
    latencies[kind].reset()
    return { messages, rows, ageMs: ageOf(kind), requestsPerSecond: (since * 1_000) / stepMs, p50Ms, p99Ms }
  }

  function* process(): Process {
    for (let checks = 1; ; checks++) {
      yield CHECK_EVERY_MS
      for (const kind of KINDS) check(kind)
      if ((checks * CHECK_EVERY_MS) % stepMs === 0)
        observed.snapshots.push({
          atMs: clock.now(),
          queues: { profiles: snapshot('profiles'), events: snapshot('events') },
        })
    }
  }

  clock.resume(process())
  return observed
}
