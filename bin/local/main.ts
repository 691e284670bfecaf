import { FAILED, type Io, OK, WRONG_USAGE } from '../cli/io.ts'
import { DEFAULT_STAGE } from '../ops/target-options.ts'
import { readStage } from '../read-stage.ts'
import { additionalTokens, describeUse } from './connection-tokens.ts'
import { demo } from './demo.ts'
import { readLocalSettings } from './settings.ts'
import { startLocal } from './start.ts'
import { sendHint, startBanner } from './start-banner.ts'
import { StartProblem } from './start-problem.ts'

const DEMO_NEEDS_SIMULATOR =
  'BRAZE_REST_ENDPOINT is set, so the sample input is not sent: it would make invented people in that Braze.'

/**
 * Runs `npm start` and, with `--demo`, `npm run demo`: starts the bridge, prints where to send, and runs
 * until it is asked to stop.
 * @returns the process's exit code.
 */
export async function main({ argv, env, out: print, paint, stop }: Io): Promise<number> {
  const stopRequested = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()))
  const read = readLocalSettings(env)
  if (!read.ok) {
    for (const problem of read.problems) print(paint('red', problem))
    return WRONG_USAGE
  }
  const { settings } = read
  const declared = readStage(env.STAGE?.trim() || DEFAULT_STAGE)
  if ('problems' in declared) {
    for (const problem of declared.problems) print(paint('red', problem))
    return WRONG_USAGE
  }
  const { connections } = declared.settings
  try {
    const command = argv.includes('--demo') ? 'npm run demo' : 'npm start'
    const local = await startLocal({ ...settings, connections, command, print, paint })
    const { profiles, events } = local.queues.waiting()
    const facts = {
      url: local.url,
      windowUrl: local.windowUrl,
      token: settings.token,
      brazeUrl: local.brazeUrl,
      isSimulator: local.simulator !== undefined,
      stateDir: settings.stateDir,
      waiting: profiles + events,
      use: describeUse(connections.default.authentication),
      connections: additionalTokens(connections, settings.token),
      deadLetters: local.queues.deadLetters().length,
    }
    for (const line of startBanner(facts, paint)) print(line)
    const show = async () => {
      if (argv.includes('--demo') && !local.simulator) print(paint('yellow', DEMO_NEEDS_SIMULATOR))
      if (argv.includes('--demo') && local.simulator) await demo(local, settings.token, print, paint)
      if (argv.includes('--demo')) print('')
      for (const line of sendHint(local.url, settings.token, paint)) print(line)
    }
    await Promise.race([show(), stopRequested])
    await stopRequested
    print(paint('dim', 'Stopping'))
    if (!(await local.stop()))
      print('A batch was still on its way to Braze. What is not done of it is sent at the next start.')
    return OK
  } catch (error) {
    if (!(error instanceof StartProblem)) throw error
    print(paint('red', error.message))
    return FAILED
  }
}
