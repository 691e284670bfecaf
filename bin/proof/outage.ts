import type { QueueName } from '../../functions/shared/record.ts'
import { acceptAfter, type Outage, unavailableDuring } from './braze.ts'
import { createVirtualClock } from './clock.ts'
import { SEARCH_WINDOW } from './fifo-queue.ts'
import { exponential, logUniform, logUniformMean, seededRandom } from './random.ts'
import { createWorld, type Fleet, QUEUE_NAMES, QUEUE_URLS, type World, type WorldHooks } from './world.ts'

/**
 * Runs the real receiver and worker through an outage of Braze in virtual time. All that grows with the rows
 * is divided by this: the rows themselves, lanes, workers, requests a second, the contract and the search
 * window. Times, the size of messages and the spacing of a worker's requests stay as they are. At full scale
 * a run would take more than an hour of CPU time.
 */
export const SCALE = 40

/** A fleet, its traffic and its outage, before the reduction. */
export type OutageScenario = {
  fleet: Fleet
  /** The share of rows that are events, and the number of them in one request. */
  events: { share: number; perRequest: number }
  kind: Outage['kind']
  /** The requests a second that the contract allows. */
  contract: number
}

/** `latenciesMs` are those since the snapshot before. */
export type QueueSnapshot = { rows: number; ageMs: number; latenciesMs: readonly number[] }

/** `requests` went to Braze since the snapshot before. */
export type Snapshot = {
  atMs: number
  requests: number
  queues: Readonly<Record<QueueName, QueueSnapshot>>
}

/** Times are in milliseconds, from the beginning of the outage. */
export type OutageResult = {
  snapshots: Snapshot[]
  /** When each queue first had no backlog after the outage; undefined if it never did. */
  drainedMs: Partial<Record<QueueName, number>>
  requestsDuringOutage: number
  /** The most often that a message was received. */
  mostReceives: number
  deadLetters: number
}

const START = Date.parse('2026-11-20T10:00:00Z')
const MINUTE_MS = 60_000
const ROWS_PER_SECOND = 1e9 / 86_400

/** Rows in the smallest and in the largest activation. Small ones are more frequent. */
const ACTIVATION = { least: 10_000, most: 1_000_000 }
const ROWS_PER_REQUEST = 5_000

/** The time between two requests of an activation, because a sender waits for each answer. */
const REQUEST_EVERY_MS = 500

const CALM_MS = 10 * MINUTE_MS
export const OUTAGE_MS = 60 * MINUTE_MS
export const STEP_MS = 10 * MINUTE_MS
const CHECK_MS = 10_000

/** It ends here even if the queues have not drained. */
const WATCH_MS = 6 * 60 * MINUTE_MS

/** The time that Braze takes to answer. */
const BRAZE_MS = 100

/** The window of contracts by data points, in seconds (Braze, "API rate limits"). */
const CONTRACT_SECONDS = 3

/** A queue has drained if its oldest message is as young as it was before the outage, or this young. */
const FRESH_MS = MINUTE_MS

function reduced(amount: number, name: string): number {
  const reduced = amount / SCALE
  if (!Number.isInteger(reduced)) throw new RangeError(`${amount} ${name} are not divisible by ${SCALE}`)
  return reduced
}

const reducedFleet = ({ lanes, queues, ...others }: Fleet): Fleet => {
  const pace = ({ concurrency, requestsPerSecond }: Fleet['queues'][QueueName]) => ({
    concurrency: reduced(concurrency, 'workers'),
    requestsPerSecond: requestsPerSecond / SCALE,
  })
  return {
    ...others,
    lanes: reduced(lanes, 'lanes'),
    queues: { profiles: pace(queues.profiles), events: pace(queues.events) },
  }
}

/** Simulates ten minutes of normal operation, an hour of outage and the recovery. */
export async function simulateOutage(scenario: OutageScenario, seed = 1): Promise<OutageResult> {
  const clock = createVirtualClock(START)
  const outage = { from: START + CALM_MS, to: START + CALM_MS + OUTAGE_MS, kind: scenario.kind }
  const limit = { requests: (scenario.contract * CONTRACT_SECONDS) / SCALE, seconds: CONTRACT_SECONDS }
  const braze = unavailableDuring(outage, limit, clock, acceptAfter(BRAZE_MS, clock))
  const counters = createCounters()
  const world = createWorld({
    clock,
    fleet: reducedFleet(scenario.fleet),
    braze: (request) => {
      counters.requests[request.kind] += 1
      return braze(request)
    },
    random: seededRandom(seed),
    queues: { searchWindow: Math.round(SEARCH_WINDOW / SCALE) },
    telemetry: { measure: (_, ms, { kind }) => void counters.latenciesMs[kind].push(ms) },
    hooks: counters.hooks,
  })
  const watch = createWatch(world, counters, outage)
  await clock.run(async () => {
    void world.startWorkers()
    void sendEvents(world, scenario, seededRandom(seed + 1))
    void sendActivations(world, scenario, seededRandom(seed + 2))
    while (!watch.isOver()) {
      await clock.sleep(CHECK_MS)
      watch.check()
    }
  })
  const { snapshots, drainedMs } = watch
  const during = snapshots.filter(({ atMs }) => atMs > 0 && atMs <= OUTAGE_MS)
  return {
    snapshots,
    drainedMs,
    requestsDuringOutage: during.reduce((sum, { requests }) => sum + requests, 0),
    mostReceives: counters.mostReceives(),
    deadLetters: world.deadLetters.profiles.size() + world.deadLetters.events.size(),
  }
}

const perQueue = <T>(make: () => T): Record<QueueName, T> => ({ profiles: make(), events: make() })

/** Counts rows and requests; each snapshot resets the requests and the latencies. */
function createCounters() {
  const rows = perQueue(() => 0)
  let mostReceives = 0
  const hooks: WorldHooks = {
    sent: (batch) => {
      for (const { queueUrl, body } of batch)
        rows[queueUrl === QUEUE_URLS.events ? 'events' : 'profiles'] += rowsIn(body)
    },
    deleted: (messages) => {
      for (const { queue, body, receives } of messages) {
        rows[queue] -= rowsIn(body)
        mostReceives = Math.max(mostReceives, receives)
      }
    },
  }
  return {
    rows,
    requests: perQueue(() => 0),
    latenciesMs: perQueue((): number[] => []),
    mostReceives: () => mostReceives,
    hooks,
  }
}

/** Takes a snapshot every ten minutes, and notes when each queue has drained. */
function createWatch({ now, queues }: World, counters: ReturnType<typeof createCounters>, outage: Outage) {
  const snapshots: Snapshot[] = []
  const drainedMs: OutageResult['drainedMs'] = {}
  const usualAgeMs = perQueue(() => FRESH_MS)
  const ageOf = (kind: QueueName) => now() - (queues[kind].oldestSentAt() ?? now())

  function check(): void {
    for (const kind of QUEUE_NAMES) {
      if (now() <= outage.from) usualAgeMs[kind] = Math.max(usualAgeMs[kind], ageOf(kind))
      if (now() >= outage.to && ageOf(kind) <= usualAgeMs[kind]) drainedMs[kind] ??= now() - outage.from
    }
    if ((now() - outage.from) % STEP_MS === 0) snapshots.push(takeSnapshot())
  }

  function takeSnapshot(): Snapshot {
    const { rows, requests, latenciesMs } = counters
    const of = (kind: QueueName) => ({
      rows: rows[kind],
      ageMs: ageOf(kind),
      latenciesMs: latenciesMs[kind].splice(0),
    })
    const sum = requests.profiles + requests.events
    Object.assign(
      requests,
      perQueue(() => 0),
    )
    return {
      atMs: now() - outage.from,
      requests: sum,
      queues: { profiles: of('profiles'), events: of('events') },
    }
  }

  /** Whether a snapshot shows both queues without a backlog, or the time is over. */
  function isOver(): boolean {
    const { profiles = Number.POSITIVE_INFINITY, events = Number.POSITIVE_INFINITY } = drainedMs
    const shown = snapshots.at(-1)?.atMs ?? 0
    return shown >= Math.max(profiles, events) || now() >= outage.to + WATCH_MS
  }

  return { snapshots, drainedMs, check, isOver }
}

function rowsIn(body: string): number {
  let rows = 0
  for (let at = body.indexOf(ROW_START); at >= 0; at = body.indexOf(ROW_START, at + ROW_BYTES)) rows += 1
  return rows
}
const ROW_START = '"external_id"'

/** The least that a row takes in a message, in bytes. */
const ROW_BYTES = 60

async function sendEvents(
  { post, sleep }: World,
  { events: { share, perRequest } }: OutageScenario,
  random: () => number,
) {
  // A request of a single event stays one, and comes less often. A larger request holds fewer events instead.
  const count = perRequest === 1 ? 1 : reduced(perRequest, 'events')
  const everyMs = (1_000 * count * SCALE) / (ROWS_PER_SECOND * share)
  for (let next = 0; ; next += count) {
    await sleep(exponential(everyMs, random))
    const rows = Array.from({ length: count }, (_, n) => event(next + n))
    void post('/v1/events', Buffer.from(`[${rows}]`))
  }
}

async function sendActivations(world: World, { events: { share } }: OutageScenario, random: () => number) {
  const mean = logUniformMean(ACTIVATION.least, ACTIVATION.most)
  const everyMs = (1_000 * mean) / (ROWS_PER_SECOND * (1 - share))
  for (let number = 0; ; number++) {
    await world.sleep(exponential(everyMs, random))
    void sendActivation(
      world,
      number,
      Math.round(logUniform(ACTIVATION.least, ACTIVATION.most, random) / SCALE),
    )
  }
}

async function sendActivation({ post, sleep }: World, number: number, count: number): Promise<void> {
  const perRequest = ROWS_PER_REQUEST / SCALE
  for (let from = 0; from < count; from += perRequest) {
    const size = Math.min(perRequest, count - from)
    const rows = Array.from({ length: size }, (_, n) => membership(`${number}-${from + n}`))
    void post('/v1/activations', Buffer.from(`[${rows}]`))
    await sleep(REQUEST_EVERY_MS)
  }
}

const membership = (person: string) => `{"external_id":"person-${person}","audience_id":"1042","op":"enter"}`

const event = (number: number) =>
  `{"external_id":"visitor-${number}","event_name":"cart_abandoned","time":"2026-11-20T10:00:00Z","event_id":"event-${number}"}`
