import { type Connections, DEFAULT_CONNECTION } from '../../functions/shared/connection.ts'
import { FAILED, OK, WRONG_USAGE } from '../cli/io.ts'
import { printable } from '../cli/lines.ts'
import type { Paint } from '../cli/paint.ts'
import { plural } from '../cli/plural.ts'
import type { Cli } from '../cli/program.ts'
import { DEFAULT_STAGE } from '../ops/target-options.ts'
import { readStage } from '../read-stage.ts'
import type { ConnectionToken } from './connection-tokens.ts'
import { curlLine } from './curl-line.ts'
import { DEAD_LETTERS_PATH } from './dead-letters.ts'
import { demo } from './demo.ts'
import { SAMPLE_CONNECTION, withSampleConnection } from './samples.ts'
import { readLocalSettings } from './settings.ts'
import { type Local, startLocal } from './start.ts'
import { StartProblem } from './state.ts'

const DEMO_NEEDS_SIMULATOR =
  'BRAZE_REST_ENDPOINT is set, so the sample input is not sent: it would create invented people in that Braze.'

const UNFINISHED_BATCH = 'A batch was still being sent to Braze. The rest of it is sent after the next start.'

/**
 * Starts the bridge, prints where to send, and runs until it is asked to stop.
 * @returns the exit code of the process.
 */
export async function runLocal(
  withDemo: boolean,
  { env, outStyled: print, error, paint, stop }: Pick<Cli, 'env' | 'outStyled' | 'error' | 'paint' | 'stop'>,
): Promise<number> {
  const stopRequested = new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve()))
  const read = readLocalSettings(env)
  const declared = readStage(env.STAGE?.trim() || DEFAULT_STAGE)
  const problems = [...(read.ok ? [] : read.problems), ...('problems' in declared ? declared.problems : [])]
  for (const problem of problems) error(problem)
  if (!read.ok || 'problems' in declared) return WRONG_USAGE
  const { settings } = read
  const { queues } = declared.settings
  const connections = settings.braze
    ? declared.settings.connections
    : withSampleConnection(declared.settings.connections)
  const profilesDelaySeconds = queues.profiles.deliveryDelaySeconds
  try {
    const command = withDemo ? 'npm run demo' : 'npm start'
    const local = await startLocal({ ...settings, connections, profilesDelaySeconds, command, print, paint })
    const facts = {
      ...settings,
      ...factsOf(local),
      isTokenRandom: settings.token === undefined,
    }
    for (const line of startBanner(facts, paint)) print(line)
    const show = async () => {
      if (withDemo) await showDemo(local, connections, print, paint)
      for (const line of sendHint(local.url, facts.token, paint)) print(line)
    }
    await Promise.race([show(), stopRequested])
    await stopRequested
    print(paint('dim', 'Stopping'))
    if (!(await local.stop())) print(UNFINISHED_BATCH)
    return OK
  } catch (problem) {
    if (!(problem instanceof StartProblem)) throw problem
    error(problem.message)
    return FAILED
  }
}

async function showDemo(local: Local, connections: Connections, print: (line: string) => void, paint: Paint) {
  const token = local.tokens.find(({ name }) => name === SAMPLE_CONNECTION)?.token
  if (local.simulator && token !== undefined) await demo(local, connections, token, print, paint)
  else print(paint('yellow', DEMO_NEEDS_SIMULATOR))
  print('')
}

function factsOf({ url, windowUrl, tokens, brazeUrl, simulator, queues }: Local) {
  const { token = '', use = '' } = tokens.find(({ name }) => name === DEFAULT_CONNECTION) ?? {}
  const { profiles, events } = queues.waiting()
  return {
    ...{ url, windowUrl, brazeUrl, isSimulator: simulator !== undefined },
    ...{ token, use, connections: tokens.filter(({ name }) => name !== DEFAULT_CONNECTION) },
    ...{ waiting: profiles + events, deadLetters: queues.deadLetters().length },
  }
}

type BannerFacts = {
  url: string
  windowUrl: string
  token: string
  brazeUrl: string
  isSimulator: boolean
  stateDir: string
  waiting: number
  deadLetters: number
  /** How a sender to the default connection uses the token. */
  use: string
  /** All connections except the default one. */
  connections: readonly ConnectionToken[]
  /** The tokens are valid for this start only. */
  isTokenRandom: boolean
}

/** In characters: the longest label and a space. */
const LABEL_WIDTH = 'Dead letters '.length

const RANDOM_TOKEN = 'It changes with every start. Set WEBHOOK_TOKEN to keep one token.'

/** The first lines that a start prints: the addresses, the tokens, the destination and the state folder. */
export function startBanner(facts: BannerFacts, paint: Paint): string[] {
  const { url, windowUrl, token, brazeUrl, isSimulator, stateDir, waiting, deadLetters } = facts
  const field = (name: string, value: string, note = '') =>
    `  ${paint('dim', name.padEnd(LABEL_WIDTH))} ${printable(value)}${note && `  ${paint('dim', note)}`}`
  return [
    '',
    paint('bold', 'ActionIQ to Braze, on this machine'),
    '',
    field('Window', windowUrl, 'shows all this in a browser'),
    field('Webhooks', `${url}/v1/activations`, 'profile rows'),
    field('', `${url}/v1/events     `, 'event rows'),
    field('', `${url}/v1/records    `, 'both'),
    field('Token', token, facts.use),
    ...facts.connections.flatMap(({ name, token, use }) => [
      field('', `${url}/v1/${name}/…`),
      field('', `  ${token}`, use),
    ]),
    ...(facts.isTokenRandom ? [field('', RANDOM_TOKEN)] : []),
    isSimulator
      ? field('Braze', `${brazeUrl}/simulator`, 'a simulator; open it to see its commands')
      : field('Braze', brazeUrl, `${describeEndpoint(brazeUrl)}: everything that is sent here arrives there`),
    field('State', stateDir, `${plural(waiting, 'message')} waiting, ${plural(deadLetters, 'dead letter')}`),
    field('Dead letters', `${url}${DEAD_LETTERS_PATH}`, 'what was parked, and why; GET it with the token'),
    '',
  ]
}

/** Only a loopback endpoint may be without https, so it cannot be a real Braze. */
const describeEndpoint = (brazeUrl: string) =>
  brazeUrl.startsWith('https:') ? 'a real Braze' : 'not the simulator'

/** The last lines that a start prints before the live lines. */
const sendHint = (url: string, token: string, paint: Paint): string[] => [
  'Send a row of your own from another terminal:',
  paint('cyan', curlLine(url, token)),
  '',
  paint('dim', 'One line per request in (→) and per request to Braze (⇒) follows. Ctrl-C stops.'),
]
