import { join } from 'node:path'
import { startBrazeSimulator } from './braze/server.ts'
import { SIMULATOR_KEY } from './braze/settings.ts'
import type { BrazeSimulator } from './braze/simulator.ts'
import { lockState } from './lock.ts'
import { type LocalQueues, startQueues } from './queues.ts'
import { SAMPLE_BRAZE_IDS } from './sample-people.ts'
import type { LocalSettings } from './settings.ts'
import { StartProblem, unreadableState } from './start-problem.ts'

type LocalState = {
  queues: LocalQueues
  braze: { restEndpoint: string; apiKey: string }
  /** The simulator itself, unless there is a real Braze. */
  core: BrazeSimulator | undefined
}

/**
 * Locks the folder and opens what keeps its state there: the queues, and the simulator unless there is a real Braze.
 * @param closers gets what closes each of them, also where a later one fails.
 */
export async function openState(
  stateDir: string,
  braze: LocalSettings['braze'],
  closers: (() => Promise<void> | void)[],
): Promise<LocalState> {
  closers.push(lockOrThrow(stateDir))
  // Apart for each Braze: what waits for the simulator must never reach a real one, nor the other way round.
  const dir = join(
    stateDir,
    braze ? new URL(braze.restEndpoint).host.replaceAll(/[^\w.-]/g, '-') : 'simulator',
  )
  try {
    const queues = await startQueues({ dir })
    closers.push(queues.stop)
    if (braze) return { queues, braze, core: undefined }
    const simulator = await startBrazeSimulator({
      port: 0,
      knownBrazeIds: SAMPLE_BRAZE_IDS,
      journalFile: join(dir, 'braze.jsonl'),
    })
    closers.push(simulator.close)
    return { queues, braze: { restEndpoint: simulator.url, apiKey: SIMULATOR_KEY }, core: simulator.core }
  } catch (error) {
    throw unreadableState(stateDir, error)
  }
}

/** @returns what gives the state folder free. */
function lockOrThrow(stateDir: string): () => void {
  const lock = lockState(stateDir)
  if (lock.kind === 'locked') return lock.release
  if (lock.kind === 'taken')
    throw new StartProblem(
      `The state folder ${stateDir} is in use by another start (process ${lock.pid}). Stop that one, or set STATE_DIR to another folder.`,
    )
  throw new StartProblem(
    `The state folder ${stateDir} can't be written (${lock.why}). Set STATE_DIR to a folder that can.`,
  )
}
