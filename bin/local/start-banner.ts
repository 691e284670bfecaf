import { TOKEN_HEADER } from '../../functions/shared/connection.ts'
import type { Paint } from '../cli/paint.ts'
import { plural } from '../cli/plural.ts'
import type { ConnectionToken } from './connection-tokens.ts'
import { DEAD_LETTERS_PATH } from './dead-letters.ts'

export type BannerFacts = {
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
}

/** The first lines that a start prints: the addresses, the tokens, the destination and the state folder. */
export function startBanner(facts: BannerFacts, paint: Paint): string[] {
  const { url, windowUrl, token, brazeUrl, isSimulator, stateDir, waiting, deadLetters, use, connections } =
    facts
  const field = (name: string, value: string, note = '') =>
    `  ${paint('dim', name.padEnd(9))} ${value}${note && `  ${paint('dim', note)}`}`
  return [
    '',
    paint('bold', 'ActionIQ to Braze, on this machine'),
    '',
    field('Window', windowUrl, 'all this in a browser'),
    field('Webhooks', `${url}/v1/activations`, 'profile rows'),
    field('', `${url}/v1/events     `, 'event rows'),
    field('', `${url}/v1/records    `, 'both'),
    field('Token', token, use),
    ...connections.flatMap(({ name, token, use }) => [
      field('', `${url}/v1/${name}/…`),
      field('', `  ${token}`, use),
    ]),
    isSimulator
      ? field('Braze', `${brazeUrl}/simulator`, 'a simulator; open it to see what it knows')
      : field('Braze', brazeUrl, `${describeEndpoint(brazeUrl)}: what is sent here arrives there`),
    field('State', stateDir, `${plural(waiting, 'message')} waiting, ${plural(deadLetters, 'dead letter')}`),
    field('Letters', `${url}${DEAD_LETTERS_PATH}`, 'what was parked, and why; GET it with the token'),
    '',
  ]
}

/** Only a loopback endpoint may be without https, so it cannot be a real Braze. */
const describeEndpoint = (brazeUrl: string) =>
  brazeUrl.startsWith('https:') ? 'a real one' : 'not the simulator'

/** The last lines that a start prints before the live lines. */
export const sendHint = (url: string, token: string, paint: Paint): string[] => [
  'Send a row of your own from another terminal:',
  paint('cyan', curlLine(url, token)),
  '',
  paint('dim', 'One line per request in (→) and per request to Braze (⇒) follows. Ctrl-C stops.'),
]

/**
 * A command for a second terminal. It works unchanged in any POSIX shell, and `-w` ends the answer with a
 * newline.
 */
export function curlLine(url: string, token: string): string {
  const row = '{"external_id":"me","audience_id":"1042","split_id":"2","op":"enter","loyalty_tier":"gold"}'
  return [
    `curl -w '\\n' ${url}/v1/activations`,
    `-H ${quoted(`${TOKEN_HEADER}: ${token}`)}`,
    `-H 'content-type: application/json'`,
    `-d ${quoted(row)}`,
  ].join(' ')
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`
