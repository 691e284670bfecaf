import type { Connection } from '../../../functions/shared/connection.ts'
import { SecretMisshapen } from '../../../functions/shared/secrets.edge.ts'
import { InboundSecret } from '../../../functions/shared/secrets.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import type { TryToken } from '../try-token.ts'
import { judgeTokenTrials } from './judge-token-trials.ts'
import { unreadableSecret } from './unreadable-secret.ts'

export type InboundCheckDeps = {
  /**
   * The inbound secret of the named connection. Rejects if it cannot be read or does not have the expected
   * shape.
   */
  readInboundSecret: (connection: string) => Promise<InboundSecret>
  tryToken: TryToken
  targetFlags: string
  /** The webhook requires a client certificate, which this command does not have. */
  mutualTls?: true
}

/** Checks the secret of a connection, and whether the webhook accepts its tokens. */
export async function checkInbound(
  name: string,
  connection: Connection,
  { readInboundSecret, tryToken, mutualTls, targetFlags }: InboundCheckDeps,
): Promise<Finding[]> {
  const about = `Inbound secret ${name}`
  try {
    const secret = await readInboundSecret(name)
    if (mutualTls)
      return [
        judgeSecret(about, secret, `npm run ops -- rotate inbound --connection ${name} ${targetFlags}`),
        note(`Webhook ${name}`, NO_CERTIFICATE),
      ]
    const trials = await Promise.all(
      connection.authentication.map(async (method) => ({
        method,
        trial: await tryToken(name, method, secret.token),
      })),
    )
    return [
      judgeSecret(about, secret, `npm run ops -- rotate inbound --connection ${name} ${targetFlags}`),
      judgeTokenTrials(`Webhook ${name}`, trials, connection),
    ]
  } catch (error) {
    return [
      error instanceof SecretMisshapen ? misshapen(about, error) : unreadableSecret(about, error),
      note(`Webhook ${name}`, 'not known: see the inbound secret'),
    ]
  }
}

const NO_CERTIFICATE = 'not known: it asks for a client certificate, which this command has not'

const judgeSecret = (about: string, { previousToken }: InboundSecret, rotate: string): Finding =>
  previousToken === undefined
    ? ok(about, 'readable, with one token')
    : note(
        about,
        'readable, with two tokens: a rotation is under way',
        `${rotate} tells how far it has come.`,
      )

const misshapen = (about: string, { paths }: SecretMisshapen) =>
  problem(
    about,
    `is not as it must be: ${paths.map((path) => (path === '' ? 'it is not a JSON object with "token"' : `"${path}" is missing or shorter than ${InboundSecret.shape.token.minLength} characters`)).join('; ')}. Requests are answered 503`,
    'Correct it in the Secrets Manager console: {"token": "…"}.',
  )
