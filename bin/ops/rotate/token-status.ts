import type { Connection } from '../../../functions/shared/connection.ts'
import type { TokenTrial, TryToken } from '../try-token.ts'

/** Whether the webhook accepts a token at this moment. */
export type TokenStatus =
  | { status: 'accepted' | 'rejected' | 'not tested' }
  | { status: 'unknown'; reason: string }

export type TokenDeps = {
  name: string
  connection: Connection
  /** Undefined if the webhook requires a client certificate, which the commands do not have. */
  tryToken: TryToken | undefined
}

export const INTERRUPTED: TokenStatus = { status: 'unknown', reason: 'the command was interrupted' }

/** Tests a token with the first of the connection's authentication methods. */
export async function tokenStatus(
  token: string,
  { name, connection, tryToken }: TokenDeps,
): Promise<TokenStatus> {
  if (!tryToken) return { status: 'not tested' }
  const [method] = connection.authentication
  if (!method) return { status: 'unknown', reason: 'the connection has no authentication method' }
  return judge(await tryToken({ name, connection }, method, token), connection)
}

function judge(trial: TokenTrial, { allowedIps }: Connection): TokenStatus {
  if (trial === 'unusable token')
    return { status: 'unknown', reason: 'the token is not a Standard Webhooks secret' }
  if (trial.kind === 'no answer')
    return { status: 'unknown', reason: `the webhook did not answer (${trial.why})` }
  if (trial.status === 200) return { status: 'accepted' }
  // The receiver checks the address after the token, so a 403 proves that the token is valid.
  if (trial.status === 403 && allowedIps) return { status: 'accepted' }
  if (trial.status === 401) return { status: 'rejected' }
  return { status: 'unknown', reason: `the webhook answers ${trial.status}` }
}

/** A token that cannot be tested does not stop a rotation. */
export const isFine = ({ status }: TokenStatus) => status === 'accepted' || status === 'not tested'

/** The predicate of a sentence about the token. */
export function formatTokenStatus(found: TokenStatus): string {
  switch (found.status) {
    case 'accepted':
      return 'is accepted'
    case 'not tested':
      return 'was not tested: the webhook requires a client certificate, which this command does not have'
    case 'rejected':
      return 'is rejected (401)'
    case 'unknown':
      return `could not be tested: ${found.reason}`
  }
}
