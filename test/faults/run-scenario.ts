import { createVirtualClock } from '../../bin/proof/clock.ts'
import { seededRandom } from '../../bin/proof/random.ts'
import { createWorld } from '../../bin/proof/world.ts'
import { MAX_BATCH_SIZE, MAX_OBJECTS_PER_REQUEST } from '../../functions/shared/limits.ts'
import { personNamer } from '../../functions/shared/person-hash.ts'
import { createFatedBraze, createFaultyBraze } from './faulty-braze.ts'
import { createFaultySends } from './faulty-queues.ts'
import { faultyWorkers } from './faulty-workers.ts'
import { redriveAll } from './redrive-all.ts'
import type { FaultRun, Faults } from './run.ts'
import { type FaultScenario, MINUTE, START, withoutFaults } from './scenario.ts'
import { createSenders } from './senders.ts'

const DAY_MS = 24 * 60 * MINUTE

/**
 * The time after the last fault by which the queues must be empty. It spans several of the longest waits. Each
 * message with a user who kills the worker costs two visibility timeouts, and each record that times out a wait.
 */
const patienceMs = ({ fates }: FaultScenario) =>
  fates.deadly || fates.failing === 'timeout' ? 8 * DAY_MS : 2 * DAY_MS

const REQUESTS_PER_SECOND_OF_EACH = 5

/** `deliveryDelaySeconds` of a stage, unless it says otherwise. */
const DELAY_SECONDS = 3

/** `objectsPerRequest` of a contract that allows fewer. */
const LOW_OBJECTS_PER_REQUEST = 50

/**
 * Runs the real `receive` and `work` through a scenario, in virtual time, until the queues are empty.
 * @returns the run for the oracle to judge, and `putBackAll`, which continues it: it removes the causes,
 * redrives all dead letters with redrivable codes and delivers them.
 */
export async function runScenario(
  scenario: FaultScenario,
): Promise<{ run: FaultRun; putBackAll: () => Promise<void> }> {
  const { faults, world, sendBatch, clock } = openScenario(scenario)
  const { run } = faults
  const senders = createSenders(faults, world, sendBatch)
  const ends = [scenario.outage, scenario.secretTrouble].map((window) =>
    window ? window.from + window.minutes : 0,
  )
  await clock.run(async () => {
    const finish = world.startWorkers(START + Math.max(...ends) * MINUTE + patienceMs(scenario))
    await senders.sendAll()
    await finish()
  })
  run.quiet = world.isQuiet()

  async function putBackAll(): Promise<void> {
    run.braze.clearScript()
    run.braze.configure({ trackLimit: AMPLE })
    faults.scenario = withoutFaults(scenario)
    await clock.run(async () => {
      await redriveAll(world, sendBatch)
      const finish = world.startWorkers(clock.now() + patienceMs(scenario))
      await finish()
    })
    run.quiet = world.isQuiet()
  }

  return { run, putBackAll }
}

const AMPLE = { requests: 3_000, seconds: 3 }

function openScenario(scenario: FaultScenario) {
  const clock = createVirtualClock(START)
  const { now, sleep } = clock
  const random = seededRandom(scenario.seed)
  const logs: unknown[] = []
  const log = (message: string, fields?: object) => void logs.push({ message, ...fields })
  const pace = {
    concurrency: scenario.concurrency,
    requestsPerSecond: REQUESTS_PER_SECOND_OF_EACH * scenario.concurrency,
  }
  const world = createWorld({
    clock,
    fleet: {
      lanes: scenario.lanes,
      // In a third of the runs.
      objectsPerRequest: scenario.seed % 3 === 0 ? LOW_OBJECTS_PER_REQUEST : MAX_OBJECTS_PER_REQUEST,
      queues: {
        profiles: { ...pace, batchSize: 1 + (scenario.seed % MAX_BATCH_SIZE) },
        // Small batches are full more often, and only full ones are topped up.
        events: { ...pace, batchSize: scenario.seed % 5 === 0 ? MAX_BATCH_SIZE : 1 + (scenario.seed % 2) },
      },
      // In half of the runs.
      profilesDelaySeconds: scenario.seed % 2 === 0 ? 0 : DELAY_SECONDS,
    },
    random,
    queues: { severalPerGroup: scenario.severalPerGroup, random },
    braze: (request) => braze(request),
    telemetry: {
      log: { info: log, warn: log, error: log },
      count: (...metric) => void logs.push(metric),
      measure: (...metric) => void logs.push(metric),
      namePeople: personNamer(async () => ({ key: 'fixture-log-key-of-the-fault-runs' }), now),
    },
    hooks: {
      delivering: () => hooks.delivering(),
      worker: (deps, invocation) => hooks.worker(deps, invocation),
      ended: (invocation, end) => hooks.ended(invocation, end),
    },
  })
  const faults: Faults = {
    scenario,
    run: {
      scenario,
      braze: createFatedBraze(scenario, now),
      queues: world.queues,
      deadLetters: world.deadLetters,
      accepted: [],
      taken: new Map(),
      deduplicated: [],
      repeats: new Map(),
      answers: [],
      answeredRows: [],
      seen: [],
      excusedByKill: new Set(),
      excusedByCutOff: new Set(),
      kills: 0,
      undeleted: 0,
      rejectedAlone: new Set(),
      logs,
      quiet: false,
    },
    now,
    sleep,
    during: (window) =>
      window !== undefined &&
      now() >= START + window.from * MINUTE &&
      now() < START + (window.from + window.minutes) * MINUTE,
  }
  const sendBatch = createFaultySends(faults, world.put)
  const braze = createFaultyBraze(faults)
  const hooks = faultyWorkers(faults, sendBatch)
  return { faults, world, sendBatch, clock }
}
