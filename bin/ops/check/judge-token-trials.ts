import type { Authentication, Connection } from '../../../functions/shared/connection.ts'
import { type Finding, note, ok, problem } from '../finding.ts'
import type { TokenTrial } from '../try-token.ts'

type TriedMethod = { method: Authentication; trial: TokenTrial }

/** Judges the webhook's answers, one for each authentication method. The worst one counts. */
export function judgeTokenTrials(
  about: string,
  tried: readonly TriedMethod[],
  connection: Connection,
): Finding {
  const findings = tried.map(({ method, trial }) => judgeTokenTrial(about, method.kind, trial, connection))
  const worst =
    findings.find(({ verdict }) => verdict === 'problem') ??
    findings.find(({ verdict }) => verdict === 'note')
  return worst ?? ok(about, acceptedText(tried, connection))
}

const acceptedText = (tried: readonly TriedMethod[], { mode }: Connection) =>
  `answers 200 to the token (${tried.map(({ method }) => method.kind).join(', ')})` +
  (mode === 'capture' ? '; it only captures, and has captured this look too' : '')

function judgeTokenTrial(
  about: string,
  method: Authentication['kind'],
  trial: TokenTrial,
  { allowedIps }: Connection,
): Finding {
  if (trial === 'unusable token')
    return problem(
      about,
      'the token is not a Standard Webhooks secret, which is base64: no signature made with it can be valid',
      'Give the connection a token of the form whsec_<base64>, in its secret and at the sender.',
    )
  if (trial.kind === 'no answer')
    return problem(
      about,
      `gives no answer (${trial.why})`,
      'If senders reach it, this machine lacks a way to it: a proxy, a firewall, a name that is not set yet.',
    )
  const { status } = trial
  if (status === 200) return ok(about, 'answers 200')
  if (status === 403 && allowedIps)
    return note(
      about,
      'knows the token, and turns this machine away, whose address is not among allowedIps',
      'To see it answer 200, run this where requests may come from.',
    )
  return problem(about, `answers ${status} to the token (${method})`, NEXT[status] ?? OTHER)
}

const OTHER = "See the receiver's log."

const NEXT: Readonly<Record<number, string>> = {
  401: 'A new token is taken after ten seconds: run this again. If it stays so, the connection is not deployed as cdk.json has it: npm run deploy.',
  404: 'The connection is not deployed: npm run deploy.',
  429: 'Senders use up the throttle of the stage just now. If it stays so, raise "throttle" in cdk.json.',
  500: `${OTHER} A fresh deployment (npm run deploy) mends what was changed by hand.`,
  503: "The receiver can't read the inbound secret. See its log; a key or a policy of the secret may have been changed by hand.",
}
