import { SecretMisshapen } from '../../../functions/shared/secrets.edge.ts'
import { BRAZE_KEY_PLACEHOLDER, type Credentials } from '../../../functions/shared/secrets.ts'
import { askBraze, type CallBraze } from '../braze-key/ask.ts'
import { judgeKey } from '../braze-key/judge.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import { type ClockSample, clockSample } from './clocks.ts'
import { unreadableSecret } from './unreadable-secret.ts'

export type BrazeCheckDeps = {
  /** Rejects if the secret cannot be read or does not have the expected shape. */
  readBrazeSecret: () => Promise<Credentials>
  callBraze: CallBraze
  now: () => number
  targetFlags: string
}

const ABOUT = 'Braze secret'

const rotateBraze = (targetFlags: string) => `npm run ops -- rotate braze ${targetFlags}`

/** Checks the secret first, then tries its key on Braze. */
export async function checkBraze(
  deps: BrazeCheckDeps,
): Promise<{ findings: Finding[]; clockSamples: ClockSample[] }> {
  const credentials = await read(deps)
  if ('verdict' in credentials) return { findings: [credentials, ...NOT_TRIED], clockSamples: [] }
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
      ok(ABOUT, `readable, with a key for ${host}`),
      ...judgeKey(answers, host, rotateBraze(deps.targetFlags)),
    ],
    clockSamples: clockSamples.slice(-1),
  }
}

const NOT_TRIED = ['Braze endpoint', 'Braze key', 'users.track', 'users.export.ids'].map((about) =>
  note(about, 'not tested: see the Braze secret'),
)

async function read({ readBrazeSecret, targetFlags }: BrazeCheckDeps): Promise<Credentials | Finding> {
  try {
    const credentials = await readBrazeSecret()
    return credentials.apiKey === BRAZE_KEY_PLACEHOLDER ? placeholder(targetFlags) : credentials
  } catch (error) {
    return error instanceof SecretMisshapen ? misshapen(error) : unreadableSecret(ABOUT, error)
  }
}

const placeholder = (targetFlags: string) =>
  problem(
    ABOUT,
    'still contains the placeholder from the first deployment. The worker holds every message',
    `Create a key in Braze with users.track and users.export.ids, and store it: ${rotateBraze(targetFlags)} --rest-endpoint https://rest.….braze.com --key-file -`,
  )

const misshapen = ({ paths }: SecretMisshapen) =>
  problem(
    ABOUT,
    `invalid: ${paths.map((path) => FAULTS[path] ?? FAULTS['']).join('; ')}. The worker holds every message`,
    'Correct it in the Secrets Manager console: {"apiKey": "…", "restEndpoint": "https://rest.….braze.com"}.',
  )

const FAULTS: Readonly<Record<string, string>> = {
  '': 'it is not a JSON object with "apiKey" and "restEndpoint"',
  apiKey: '"apiKey" is missing, empty or contains spaces',
  restEndpoint: '"restEndpoint" is not an https address under braze.com or braze.eu without a path',
}
