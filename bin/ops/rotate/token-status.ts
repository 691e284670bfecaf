import type { Connection } from '../../../functions/shared/connection.ts'
import type { TokenTrial, TryToken } from '../try-token.ts'

/** Whether the webhook accepts a token at this moment. `notKnown` explains the reason to the operator. */
export type TokenStatus = 'let in' | 'refused' | 'not tried' | { notKnown: string }

/**
 * Tests a token with the first of a connection's authentication methods.
 * @param tryToken undefined if the webhook requires a client certificate, which the commands do not have.
 */
export async function tokenStatus(
  name: string,
  connection: Connection,
  token: string,
  tryToken: TryToken | undefined,
): Promise<TokenStatus> {
  if (!tryToken) return 'not tried'
  const [method] = connection.authentication
  return method
    ? judge(await tryToken(name, method, token), connection)
    : { notKnown: 'the connection has no way in' }
}

function judge(trial: TokenTrial, { allowedIps }: Connection): TokenStatus {
  if (trial === 'unusable token') return { notKnown: 'the token is not a Standard Webhooks secret' }
  if (trial.kind === 'no answer') return { notKnown: `the webhook gives ${trial.why}` }
  if (trial.status === 200) return 'let in'
  // The receiver checks the address after the token, so a 403 proves that the token is valid.
  if (trial.status === 403 && allowedIps) return 'let in'
  return trial.status === 401 ? 'refused' : { notKnown: `the webhook answers ${trial.status}` }
}
