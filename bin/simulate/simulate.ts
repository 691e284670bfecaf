import { MAX_BACKOFF_MS } from '../../functions/worker/send/wait.ts'
import type { RateLimit } from '../local/braze/settings.ts'
import type { OutageKind } from './braze.ts'
import { type Load, sendersOf } from './load.ts'
import { type Observed, observe, type Snapshot } from './observe.ts'
import { seededRandom } from './random.ts'
import { createSimulatedWorld, type FleetSettings, KINDS, type SimulatedWorld } from './world.ts'

export type OutageScenario = {
  fleet: FleetSettings
  load: Load
  /** The rate limit of the contract. */
  limit: RateLimit
  outage: { kind: OutageKind; forMs: number }
  /** The time before the outage, in milliseconds. */
  calmMs: number
  /** The time to watch after the outage, in milliseconds, unless both queues drain earlier. */
  watchMs: number
  stepMs: number
  seed: number
}

export type Result = Observed & {
  /** Milliseconds since the start. */
  outage: { from: number; to: number }
  counts: Pick<SimulatedWorld, 'braze' | 'fleets' | 'queues'>
}

/** Braze's answer takes 100 ms on average, as in the other measurements (docs/performance.md). */
const ANSWER_MS = { least: 50, most: 150 }

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * Simulates normal operation, an outage of Braze and the recovery.
 * @param onSnapshot receives each entry of `snapshots` as soon as it is taken.
 */
export function simulate(scenario: OutageScenario, onSnapshot: (snapshot: Snapshot) => void): Result {
  const { fleet, load, limit, calmMs, watchMs, stepMs, seed } = scenario
  const outage = { kind: scenario.outage.kind, from: calmMs, to: calmMs + scenario.outage.forMs }
  const answerMs = (random: () => number) => ANSWER_MS.least + random() * (ANSWER_MS.most - ANSWER_MS.least)
  const world = createSimulatedWorld({
    fleet,
    braze: { answerMs, limit, outage },
    random: seededRandom(seed),
  })
  const observed = observe(world, stepMs, outage)
  for (const sender of sendersOf(load, world.intake, seed)) world.clock.resume(sender)
  let reported = 0
  world.clock.run(() => {
    if (observed.snapshots.length === reported) return false
    for (const snapshot of observed.snapshots.slice(reported)) onSnapshot(snapshot)
    reported = observed.snapshots.length
    return isOver(observed, world.clock.now(), outage.to, watchMs)
  })
  return { ...observed, outage, counts: world }
}

/**
 * Whether both queues have drained and a snapshot shows it, a queue will never drain, or the watch time is
 * over.
 */
function isOver(
  { snapshots, drainedAt }: Observed,
  now: number,
  outageEnds: number,
  watchMs: number,
): boolean {
  const last = snapshots.at(-1)
  if (!last || now < outageEnds) return false
  const drained = Math.max(...KINDS.map((kind) => drainedAt[kind] ?? Number.POSITIVE_INFINITY))
  // Under a large activation, a queue that has already drained can grow again for an hour.
  const isHopeless = neverDrains(snapshots, outageEnds).some((kind) => drainedAt[kind] === undefined)
  return last.atMs >= drained || now >= outageEnds + watchMs || isHopeless
}

/**
 * @returns the queues that hold at least as many rows as an hour before, although no lane was backing off any
 * more.
 */
export function neverDrains(snapshots: readonly Snapshot[], outageEnds: number) {
  const last = snapshots.at(-1)
  if (!last) return []
  const before = snapshots.findLast(({ atMs }) => atMs <= last.atMs - HOUR_MS)
  if (!before || before.atMs < outageEnds + 2 * MAX_BACKOFF_MS) return []
  return KINDS.filter((kind) => {
    const { rows, ageMs } = last.queues[kind]
    return ageMs > MINUTE_MS && rows >= before.queues[kind].rows
  })
}
