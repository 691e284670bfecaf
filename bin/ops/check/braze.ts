import { SecretMisshapen } from '../../../functions/shared/secrets.edge.ts'
import { BRAZE_KEY_PLACEHOLDER, type Credentials } from '../../../functions/shared/secrets.ts'
import { askBraze, type CallBraze } from '../braze-key/ask.ts'
import { judgeKey } from '../braze-key/judge.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import { type Sighting, sight } from './clocks.ts'
import { unreadable } from './unreadable.ts'

export type BrazeDeps = {
  /** Rejects where the secret can't be read, or is not of its shape. */
  readBrazeSecret: () => Promise<Credentials>
  callBraze: CallBraze
  now: () => number
  where: string
}

const ABOUT = 'Braze secret'

const rotateBraze = (where: string) => `npm run ops -- rotate braze ${where}`

/** The secret first; what it holds is then tried on Braze. */
export async function checkBraze(deps: BrazeDeps): Promise<{ findings: Finding[]; sightings: Sighting[] }> {
  const credentials = await read(deps)
  if ('verdict' in credentials) return { findings: [credentials, ...NOT_TRIED], sightings: [] }
  const { host } = new URL(credentials.restEndpoint)
  const sightings: Sighting[] = []
  const answers = await askBraze(async (...call) => {
    const asked = deps.now()
    const answer = await deps.callBraze(...call)
    if (answer.kind === 'answer') sightings.push(...sight('Braze', answer.headers.date, asked, deps.now()))
    return answer
  }, credentials)
  return {
    findings: [
      ok(ABOUT, `readable, with a key for ${host}`),
      ...judgeKey(answers, host, rotateBraze(deps.where)),
    ],
    sightings: sightings.slice(-1),
  }
}

const NOT_TRIED = ['Braze endpoint', 'Braze key', 'users.track', 'users.export.ids'].map((about) =>
  note(about, 'not known: see the Braze secret'),
)

async function read({ readBrazeSecret, where }: BrazeDeps): Promise<Credentials | Finding> {
  try {
    const credentials = await readBrazeSecret()
    return credentials.apiKey === BRAZE_KEY_PLACEHOLDER ? placeholder(where) : credentials
  } catch (error) {
    return error instanceof SecretMisshapen ? misshapen(error) : unreadable(ABOUT, error)
  }
}

const placeholder = (where: string) =>
  problem(
    ABOUT,
    'still holds the placeholder that the stack was made with. The worker holds every message',
    `Make a key in Braze with users.track and users.export.ids, and put it in: ${rotateBraze(where)} --rest-endpoint https://rest.….braze.com --key-file -`,
  )

const misshapen = ({ paths }: SecretMisshapen) =>
  problem(
    ABOUT,
    `is not as it must be: ${paths.map((path) => FAULTS[path] ?? FAULTS['']).join('; ')}. The worker holds every message`,
    'Correct it in the Secrets Manager console: {"apiKey": "…", "restEndpoint": "https://rest.….braze.com"}.',
  )

const FAULTS: Readonly<Record<string, string>> = {
  '': 'it is no JSON object with "apiKey" and "restEndpoint"',
  apiKey: '"apiKey" is missing, empty or holds spaces',
  restEndpoint: '"restEndpoint" is not an https address under braze.com or braze.eu without a path',
}
