import type { Authentication } from '../../../functions/shared/authentication.ts'
import type { Connection } from '../../../functions/shared/connection.ts'
import { SecretMisshapen } from '../../../functions/shared/secrets.edge.ts'
import { type InboundSecret, MIN_TOKEN_CHARACTERS } from '../../../functions/shared/secrets.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import type { TokenTrial, TryToken } from '../try-token.ts'
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

/** Checks the secret of a connection, and whether the webhook accepts its token. */
export async function checkInbound(
  name: string,
  connection: Connection,
  { readInboundSecret, tryToken, mutualTls, targetFlags }: InboundCheckDeps,
): Promise<Finding[]> {
  const [aboutSecret, aboutWebhook] = [`Inbound secret ${name}`, `Webhook ${name}`]
  const replays = replayFinding(name, connection)
  try {
    const secret = await readInboundSecret(name)
    const rotate = `npm run ops -- rotate inbound --connection ${name} ${targetFlags}`
    const isReadable = judgeSecret(aboutSecret, secret, rotate)
    if (mutualTls) return [isReadable, note(aboutWebhook, NO_CERTIFICATE), ...replays]
    const trials = await Promise.all(
      connection.authentication.map(async (method) => ({
        method,
        trial: await tryToken({ name, connection }, method, secret.token),
      })),
    )
    return [isReadable, judgeTokenTrials(aboutWebhook, trials, connection), ...replays]
  } catch (error) {
    return [
      error instanceof SecretMisshapen ? misshapen(aboutSecret, error) : unreadableSecret(aboutSecret, error),
      note(aboutWebhook, 'not tested: see the inbound secret'),
      ...replays,
    ]
  }
}

/** A signature without a time is valid for as long as its token is. */
const replayFinding = (name: string, { authentication }: Connection): Finding[] =>
  authentication.some((method) => method.kind === 'hmac' && method.timestampHeader === undefined)
    ? [
        note(
          `Signature ${name}`,
          'has no time, so whoever records a request can send it again at any time',
          'If the sender can sign a time, give its hmac a "timestampHeader" in cdk.json.',
        ),
      ]
    : []

const NO_CERTIFICATE = 'not tested: it requires a client certificate, which this command does not have'

const judgeSecret = (about: string, { previousToken }: InboundSecret, rotate: string): Finding =>
  previousToken === undefined
    ? ok(about, 'readable, with one token')
    : note(about, 'readable, with two tokens: a rotation is in progress', `${rotate} shows its progress.`)

const misshapen = (about: string, { paths }: SecretMisshapen) =>
  problem(
    about,
    `invalid: ${paths.map(secretFault).join('; ')}. Every request is answered with 503`,
    'Correct it in the Secrets Manager console: {"token": "…"}.',
  )

const secretFault = (path: string) =>
  path === ''
    ? 'it is not a JSON object with "token"'
    : `"${path}" is missing or shorter than ${MIN_TOKEN_CHARACTERS} characters`

type TriedMethod = { method: Authentication; trial: TokenTrial }

/** Judges the webhook's answers, one for each authentication method. The worst one counts. */
function judgeTokenTrials(about: string, tried: readonly TriedMethod[], connection: Connection): Finding {
  const findings = tried.map(({ method, trial }) => judgeTokenTrial(about, method.kind, trial, connection))
  const worst =
    findings.find(({ verdict }) => verdict === 'problem') ??
    findings.find(({ verdict }) => verdict === 'note')
  return worst ?? ok(about, acceptedText(tried, connection))
}

const acceptedText = (tried: readonly TriedMethod[], { mode }: Connection) =>
  `answers 200 to the token (${tried.map(({ method }) => method.kind).join(', ')})` +
  (mode === 'capture' ? '; it is in capture mode, and has captured this request too' : '')

function judgeTokenTrial(
  about: string,
  method: Authentication['kind'],
  trial: TokenTrial,
  { allowedIps }: Connection,
): Finding {
  if (trial === 'unusable token')
    return problem(
      about,
      'the token is not a Standard Webhooks secret, which is base64, so no signature can be valid',
      'Give the connection a token of the form whsec_<base64>, in its secret and at the sender.',
    )
  if (trial.kind === 'no answer')
    return problem(
      about,
      `gives no answer (${trial.why})`,
      'If senders reach it, this machine cannot: look for a proxy, a firewall or a name that does not resolve.',
    )
  const { status } = trial
  if (status === 200) return ok(about, 'answers 200')
  if (status === 403 && allowedIps)
    return note(
      about,
      'accepts the token, but not the address of this machine, which is not in allowedIps',
      'To see it answer 200, run this command on a machine whose address is in allowedIps.',
    )
  return problem(about, `answers ${status} to the token (${method})`, HINTS[status] ?? SEE_LOG)
}

const SEE_LOG = "See the receiver's log."

const HINTS: Readonly<Record<number, string>> = {
  401: 'The webhook accepts a new token after ten seconds: run this command again. If the answer stays the same, the connection in cdk.json is not deployed yet: npm run deploy.',
  404: 'The path is not deployed: npm run deploy.',
  429: 'The senders use up the throttle of the stage at the moment. If that continues, raise "throttle" in cdk.json.',
  500: `${SEE_LOG} npm run deploy corrects what was changed by hand.`,
  503: 'The receiver cannot read the inbound secret. See its log; a key or a policy of the secret may have been changed by hand.',
}
