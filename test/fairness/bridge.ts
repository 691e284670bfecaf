import type { StateChange } from '../../bin/local/braze/change.ts'
import type { ScriptStep } from '../../bin/local/braze/script.ts'
import { type BrazeSimulator, createBrazeSimulator } from '../../bin/local/braze/simulator.ts'
import { askSimulator, type Braze } from '../../bin/proof/braze.ts'
import { createVirtualClock } from '../../bin/proof/clock.ts'
import { createWorld, QUEUE_NAMES, type World } from '../../bin/proof/world.ts'
import { rowsIn } from './rows.ts'

/** The requests to send and the faults to inject. */
export type FairnessPlan = {
  bodies: readonly string[]
  braze: readonly ScriptStep[]
  /** Braze is down for an hour from this request on, counted from 0. */
  outageAtRequest?: number
  /**
   * The number of execution environments of each queue's worker, which is also its number of concurrent
   * invocations.
   */
  environments?: number
}

/** The results of a run. */
export type FairnessOutcome = {
  braze: BrazeSimulator
  deadLetters: { row: number; code: string; reason: string }[]
  /** The number of requests to Braze. */
  requests: number
  /** The time at which each row first reached Braze, in milliseconds from the start. */
  arrivedMs: ReadonlyMap<number, number>
  /** The time at which the last message was deleted, in milliseconds from the start. */
  quietMs: number
  /** Rows that Braze had already accepted when their message went back to its queue. */
  deliveredBeforeReturn: ReadonlySet<number>
}

const START = Date.parse('2026-11-20T06:59:30Z')
const HOUR_MS = 3_600_000

/** The defaults of the development stack: two concurrent invocations, ten requests a second. */
const ENVIRONMENTS = 2
const REQUESTS_PER_SECOND_OF_EACH = 5
const LANES = 16

/** The duration of a request to Braze, in milliseconds. */
const BRAZE_MS = 120

/** The time by which the queues must be empty. */
const TIME_LIMIT_MS = 24 * HOUR_MS

/** Sends bodies through the real `receive` and `work`, in virtual time, until the queues are empty. */
export async function runBridge(plan: FairnessPlan): Promise<FairnessOutcome> {
  const clock = createVirtualClock(START)
  const { now } = clock
  const watched = watchedBraze(plan, clock)
  const deliveredBeforeReturn = new Set<number>()
  const concurrency = plan.environments ?? ENVIRONMENTS
  const pace = { concurrency, requestsPerSecond: concurrency * REQUESTS_PER_SECOND_OF_EACH }
  const world = createWorld({
    clock,
    fleet: { lanes: LANES, queues: { profiles: pace, events: pace } },
    braze: watched.braze,
    random: () => 0.5,
    hooks: {
      ended: ({ received }, end) => {
        if (end.died) throw new Error('a worker timed out')
        for (const { messageId, body } of received)
          if (end.back.has(messageId))
            for (const row of rowsIn(body)) if (watched.arrivedMs.has(row)) deliveredBeforeReturn.add(row)
      },
    },
  })
  await clock.run(async () => {
    for (const body of plan.bodies) await world.post('/v1/records', Buffer.from(body))
    // All rows wait before the first is delivered, so that both environments have the same share of them.
    const finish = world.startWorkers(START + TIME_LIMIT_MS)
    await finish()
  })
  if (!world.isQuiet()) throw new Error('after a day the queues still hold messages')
  return {
    braze: watched.simulator,
    deadLetters: toDeadLetters(world),
    requests: watched.requests(),
    arrivedMs: watched.arrivedMs,
    quietMs: now() - START,
    deliveredBeforeReturn,
  }
}

/** Creates Braze, with the plan's faults, and notes when each row arrives. */
function watchedBraze(plan: FairnessPlan, { now, sleep }: ReturnType<typeof createVirtualClock>) {
  const arrivedMs = new Map<number, number>()
  const simulator = createBrazeSimulator({
    now,
    settings: { retainedRequests: 0 },
    onChanges: (changes) => {
      for (const row of changes.flatMap(rowsOf)) if (!arrivedMs.has(row)) arrivedMs.set(row, now() - START)
    },
  })
  simulator.script(plan.braze)
  let requests = 0
  let outageEndsAt = 0
  const braze: Braze = async ({ body }) => {
    if (requests === plan.outageAtRequest) outageEndsAt = now() + HOUR_MS
    requests += 1
    await sleep(BRAZE_MS)
    if (now() < outageEndsAt) return { kind: 'answer', status: 503, headers: {}, body: '' }
    return askSimulator(simulator, body)
  }
  return { simulator, braze, arrivedMs, requests: () => requests }
}

function rowsOf(change: StateChange): number[] {
  if (change.kind === 'set') return rowsIn(JSON.stringify(change.custom))
  return change.kind === 'event' ? rowsIn(JSON.stringify(change.event.properties)) : []
}

const toDeadLetters = ({ deadLetters }: World) =>
  QUEUE_NAMES.flatMap((kind) => deadLetters[kind].list()).flatMap(({ body }) => {
    const { failure }: { failure: { code: string; reason: string } } = JSON.parse(body)
    return rowsIn(body).map((row) => ({ row, code: failure.code, reason: failure.reason }))
  })
