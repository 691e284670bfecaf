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
  /** The simulator itself; undefined with a real Braze. */
  core: BrazeSimulator | undefined
}

/**
 * Locks the folder and opens everything that keeps its state there: the queues, and the simulator unless a
 * real Braze is set.
 * @param closers receives a function that closes each of them, even if a later one fails to open.
 */
export async function openState(
  stateDir: string,
  braze: LocalSettings['braze'],
  closers: (() => Promise<void> | void)[],
): Promise<LocalState> {
  closers.push(lockOrThrow(stateDir))
  // Each Braze has its own folder. Messages for the simulator must never reach a real Braze, nor the reverse.
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

/** @returns a function that unlocks the state folder. */
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
