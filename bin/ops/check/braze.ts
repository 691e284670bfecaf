import { SecretMisshapen } from '../../../functions/shared/secrets.edge.ts'
import { BRAZE_KEY_PLACEHOLDER, type Credentials } from '../../../functions/shared/secrets.ts'
import { askBraze, type CallBraze } from '../braze-key/ask.ts'
import { judgeKey } from '../braze-key/judge.ts'
import { type KeyUse, PERMISSIONS, permissionsOf } from '../braze-key/key-use.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import { type ClockSample, clockSample } from './clocks.ts'
import { unreadableSecret } from './unreadable-secret.ts'

export type BrazeCheckDeps = {
  /** What the key is for. */
  use: KeyUse
  /** Rejects if the secret cannot be read or does not have the expected shape. */
  readBrazeSecret: () => Promise<Credentials>
  callBraze: CallBraze
  now: () => number
  targetFlags: string
}

const secretOf = ({ name }: KeyUse) => `${name} secret`

const rotateBraze = ({ use, targetFlags }: Pick<BrazeCheckDeps, 'use' | 'targetFlags'>) =>
  `npm run ops -- rotate braze${use.rotateOption} ${targetFlags}`

/** Checks the secret first, then tries its key on Braze. */
export async function checkBraze(
  deps: BrazeCheckDeps,
): Promise<{ findings: Finding[]; clockSamples: ClockSample[] }> {
  const credentials = await read(deps)
  if ('verdict' in credentials) return { findings: [credentials, ...notTried(deps.use)], clockSamples: [] }
  const { host } = new URL(credentials.restEndpoint)
  const clockSamples: ClockSample[] = []
  const answers = await askBraze(async (...call) => {
    const sentAt = deps.now()
    const answer = await deps.callBraze(...call)
    if (answer.kind === 'answer')
      clockSamples.push(...clockSample('Braze', answer.headers.date, sentAt, deps.now()))
    return answer
  }, credentials)
  return {
    findings: [
      ok(secretOf(deps.use), `readable, with a key for ${host}`),
      ...judgeKey(answers, host, rotateBraze(deps), deps.use),
    ],
    clockSamples: clockSamples.slice(-1),
  }
}

const notTried = (use: KeyUse) =>
  [`${use.name} endpoint`, `${use.name} key`, ...use.needs.map((path) => PERMISSIONS[path])].map((about) =>
    note(about, `not tested: see the ${secretOf(use)}`),
  )

async function read(deps: BrazeCheckDeps): Promise<Credentials | Finding> {
  try {
    const credentials = await deps.readBrazeSecret()
    return credentials.apiKey === BRAZE_KEY_PLACEHOLDER ? placeholder(deps) : credentials
  } catch (error) {
    return error instanceof SecretMisshapen
      ? misshapen(error, deps.use)
      : unreadableSecret(secretOf(deps.use), error)
  }
}

const placeholder = (deps: BrazeCheckDeps) =>
  problem(
    secretOf(deps.use),
    `still contains the placeholder from the first deployment: ${deps.use.impact}`,
    `Create a key in Braze with ${permissionsOf(deps.use)}, and store it: ${rotateBraze(deps)} --rest-endpoint https://rest.….braze.com --key-file -`,
  )

const misshapen = ({ paths }: SecretMisshapen, use: KeyUse) =>
  problem(
    secretOf(use),
    `invalid (${paths.map((path) => FAULTS[path] ?? FAULTS['']).join('; ')}): ${use.impact}`,
    'Correct it in the Secrets Manager console: {"apiKey": "…", "restEndpoint": "https://rest.….braze.com"}.',
  )

const FAULTS: Readonly<Record<string, string>> = {
  '': 'it is not a JSON object with "apiKey" and "restEndpoint"',
  apiKey: '"apiKey" is missing, empty or contains spaces',
  restEndpoint: '"restEndpoint" is not an https address under braze.com or braze.eu without a path',
}
