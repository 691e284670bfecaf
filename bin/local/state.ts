import { join } from 'node:path'
import type { AwsCredentials } from './aws-credentials.ts'
import { startBrazeSimulator } from './braze/server.ts'
import { SIMULATOR_KEY } from './braze/settings.ts'
import type { BrazeSimulator } from './braze/simulator.ts'
import { LOCK_FILE, lockState } from './lock.ts'
import { closeToOthers, holdsSomethingElse } from './private-folder.ts'
import { type LocalQueues, startQueues } from './queues.ts'
import { SAMPLE_BRAZE_IDS } from './samples.ts'
import { HIGHEST_PORT, type LocalSettings, portAbove } from './settings.ts'
import { SIMULATOR_PORT_OFFSET } from './variables.ts'

/**
 * Why the local run cannot start, as a sentence for the user. They can fix it themselves, so it is not a bug.
 */
export class StartProblem extends Error {
  override readonly name = 'StartProblem'
}

type LocalState = {
  queues: LocalQueues
  braze: { restEndpoint: string; apiKey: string }
  /** The simulator itself; undefined with a real Braze. */
  simulator: BrazeSimulator | undefined
}

/**
 * Locks the folder, closes it to other users, and opens everything that keeps its state there: the queues, and the
 * simulator unless a real Braze is set.
 * @param closers receives a function that closes each of them, even if a later one fails to open.
 */
export async function openState(
  options: Omit<LocalSettings, 'token'> & { profilesDelaySeconds: number; credentials: AwsCredentials },
  command: string,
  closers: (() => Promise<void> | void)[],
): Promise<LocalState> {
  const { stateDir, braze, port, simulatorPort, profilesDelaySeconds, credentials } = options
  closers.push(lockOrThrow(stateDir))
  closeOrThrow(stateDir)
  // Each Braze has its own folder. Messages for the simulator must never reach a real Braze, nor the reverse.
  const dir = join(
    stateDir,
    braze ? new URL(braze.restEndpoint).host.replaceAll(/[^\w.-]/g, '-') : 'simulator',
  )
  try {
    const queues = await startQueues({ dir, credentials, profilesDelaySeconds })
    closers.push(queues.stop)
    if (braze) return { queues, braze, simulator: undefined }
    const running = await startBrazeSimulator({
      port: simulatorPort,
      knownBrazeIds: SAMPLE_BRAZE_IDS,
      journalFile: join(dir, 'braze.jsonl'),
    })
    closers.push(running.close)
    const own = { restEndpoint: running.url, apiKey: SIMULATOR_KEY }
    return { queues, braze: own, simulator: running.core }
  } catch (error) {
    const setting =
      simulatorPort === portAbove(port, SIMULATOR_PORT_OFFSET)
        ? ({ variable: 'PORT', value: port } as const)
        : ({ variable: 'SIMULATOR_PORT', value: simulatorPort } as const)
    const use = `${simulatorPort} for the Braze simulator`
    throw portProblem(error, use, setting, command) ?? unreadableState(stateDir, error)
  }
}

/** @returns a function that unlocks the state folder. */
function lockOrThrow(stateDir: string): () => void {
  // A start removes the rights of other users to the folder, and they may need its other content.
  if (holdsSomethingElse(stateDir, LOCK_FILE))
    throw new StartProblem(
      `The folder ${stateDir} contains files, but not the state of a local run. Nothing was changed. Set STATE_DIR to a new or an empty folder.`,
    )
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

/** An existing folder may give other users rights, if it was made by hand or by an earlier version. */
function closeOrThrow(stateDir: string): void {
  try {
    closeToOthers(stateDir)
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : cause
    throw new StartProblem(
      `The state folder ${stateDir} can't be closed to other users of this machine (${why}). It would hold personal data, so set STATE_DIR to a folder that belongs to you.`,
      { cause },
    )
  }
}

/** With this distance, the ports of two starts do not overlap. */
const NEXT_START = 10

/**
 * Explains Node's errors for a port that is not available.
 * @param port the port, and what it is for if that is not obvious.
 * @param setting the environment variable to change, with its value.
 * @param command the command that was typed to start this, for the advice.
 * @returns undefined if the error has another cause.
 */
export function portProblem(
  error: unknown,
  port: number | string,
  setting: { variable: 'PORT' | 'SIMULATOR_PORT'; value: number },
  command: string,
): StartProblem | undefined {
  const { variable, value } = setting
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  if (code === 'EACCES')
    return new StartProblem(`Port ${port} may not be used here. Set ${variable} to one above 1023.`)
  if (code !== 'EADDRINUSE') return undefined
  const other = value + NEXT_START <= HIGHEST_PORT ? value + NEXT_START : value - NEXT_START
  return new StartProblem(
    `Port ${port} is in use, perhaps by an earlier start. Stop that one, or set ${variable}, as in ${variable}=${other} ${command}.`,
  )
}

const unreadableState = (stateDir: string, cause: unknown) =>
  new StartProblem(
    `The state in ${stateDir} can't be read: ${cause instanceof Error ? cause.message : cause}. Set STATE_DIR to another folder, or move this one away; what waits in it is then not delivered.`,
    { cause },
  )
