import { seededRandom } from '../../bin/simulate/random.ts'
import { personNamer } from '../../functions/shared/person-hash.ts'
import type { OutgoingMessage, SendBatch } from '../../functions/shared/queue.edge.ts'
import { createFatedBraze, createFaultyBraze } from './faulty-braze.ts'
import { createFaultyQueues } from './faulty-queues.ts'
import { redriveAll } from './redrive-all.ts'
import type { FaultRun, Repeats, World } from './run.ts'
import { type FaultScenario, withoutFaults } from './scenario.ts'
import { createSenders } from './senders.ts'
import { MINUTE, START } from './start.ts'
import { createVirtualClock } from './virtual-clock.ts'
import { createWorkers } from './workers.ts'

/** The time after the last fault by which the queues must be empty. It spans several of the longest waits. */
const PATIENCE_MS = 2 * 24 * 60 * MINUTE

/**
 * Runs the real `receive` and `work` through a scenario, in virtual time, until the queues are empty.
 * @returns the run for the oracle to judge, and `putBackAll`, which continues it: it removes the causes,
 * redrives all dead letters with redrivable codes and delivers them.
 */
export async function runScenario(
  scenario: FaultScenario,
): Promise<{ run: FaultRun; putBackAll: () => Promise<void> }> {
  const clock = createVirtualClock(START)
  const { now, sleep } = clock
  const random = seededRandom(scenario.seed)
  const braze = createFatedBraze(scenario, now)
  const repeats: Repeats = new Map()
  const { queues, deadLetters, sendBatch, put, accepted, taken, deduplicated } = createFaultyQueues(
    scenario,
    clock,
    random,
    repeats,
  )
  const outageEnds = [scenario.outage, scenario.secretTrouble].map((window) =>
    window ? window.from + window.minutes : 0,
  )
  const run: FaultRun = {
    scenario,
    braze,
    queues,
    deadLetters,
    accepted,
    taken,
    deduplicated,
    answers: [],
    answeredRows: [],
    seen: [],
    excusedByKill: new Set(),
    excusedByCutOff: new Set(),
    kills: 0,
    undeleted: 0,
    rejectedAlone: new Set(),
    logs: [],
    quiet: false,
    endedAt: START + Math.max(...outageEnds) * MINUTE + PATIENCE_MS,
  }
  const line = (message: string, fields?: object) => void run.logs.push({ message, ...fields })
  let ids = 0
  const world: World = {
    now,
    sleep,
    scenario,
    run,
    random,
    sendBatch,
    repeats,
    log: { info: line, warn: line, error: line },
    count: (...metric) => void run.logs.push(metric),
    measure: (...metric) => void run.logs.push(metric),
    namePeople: personNamer(async () => ({ key: 'fixture-log-key-of-the-fault-runs' }), now),
    newId: () => `id-${ids++}`,
    during: (window) =>
      window !== undefined &&
      now() >= START + window.from * MINUTE &&
      now() < START + (window.from + window.minutes) * MINUTE,
  }
  const senders = createSenders(world)
  const workers = createWorkers(world, createFaultyBraze(world))
  await clock.run(async () => {
    const working = workers.start()
    await senders.sendAll()
    workers.finishSending()
    await working
  })
  const isQuiet = () => Object.values(queues).every((queue) => queue.list().length === 0)
  run.quiet = isQuiet()

  async function putBackAll(): Promise<void> {
    braze.clearScript()
    braze.configure({ trackLimit: AMPLE })
    run.endedAt = now() + PATIENCE_MS
    const repaired = { ...world, scenario: withoutFaults(scenario), sendBatch: sendAll(put) }
    await clock.run(async () => {
      await redriveAll(repaired)
      const later = createWorkers(repaired, createFaultyBraze(repaired))
      later.finishSending()
      await later.start()
    })
    run.quiet = isQuiet()
  }

  return { run, putBackAll }
}

const AMPLE = { requests: 3_000, seconds: 3 }

const sendAll =
  (put: (message: OutgoingMessage) => void): SendBatch =>
  async (batch) => {
    for (const message of batch) put(message)
    return []
  }
