import { join } from 'node:path'
import type { Braze } from './braze/braze.ts'
import { startBraze } from './braze/server.ts'
import { SIMULATOR_KEY } from './braze/settings.ts'
import { lockState } from './lock.ts'
import { type LocalQueues, startQueues } from './queues.ts'
import { SAMPLE_BRAZE_IDS } from './sample-people.ts'
import type { LocalSettings } from './settings.ts'
import { StartProblem, unreadableState } from './start-problem.ts'

type State = {
  queues: LocalQueues
  braze: { restEndpoint: string; apiKey: string }
  /** The simulator itself, unless there is a real Braze. */
  core: Braze | undefined
}

/**
 * Locks the folder and opens what keeps its state there: the queues, and the simulator unless there is a real Braze.
 * @param opened gets what closes each of them, also where a later one fails.
 */
export async function openState(
  stateDir: string,
  braze: LocalSettings['braze'],
  opened: (() => Promise<void> | void)[],
): Promise<State> {
  opened.push(lockOrRefuse(stateDir))
  // Apart for each Braze: what waits for the simulator must never reach a real one, nor the other way round.
  const dir = join(
    stateDir,
    braze ? new URL(braze.restEndpoint).host.replaceAll(/[^\w.-]/g, '-') : 'simulator',
  )
  try {
    const queues = await startQueues({ dir })
    opened.push(queues.stop)
    if (braze) return { queues, braze, core: undefined }
    const simulator = await startBraze({
      port: 0,
      knownBrazeIds: SAMPLE_BRAZE_IDS,
      journalFile: join(dir, 'braze.jsonl'),
    })
    opened.push(simulator.close)
    return { queues, braze: { restEndpoint: simulator.url, apiKey: SIMULATOR_KEY }, core: simulator.core }
  } catch (error) {
    throw unreadableState(stateDir, error)
  }
}

/** @returns what gives the state folder free. */
function lockOrRefuse(stateDir: string): () => void {
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
