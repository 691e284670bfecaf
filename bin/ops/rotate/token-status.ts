import type { Connection } from '../../../functions/shared/connection.ts'
import type { TokenTrial, TryToken } from '../try-token.ts'

/** Whether the webhook takes a token at this moment. `notKnown` says why, for a person. */
export type TokenStatus = 'let in' | 'refused' | 'not tried' | { notKnown: string }

/**
 * Shows a token in the first of a connection's ways.
 * @param tryToken undefined where the webhook asks for a client certificate, which the commands have not.
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
  if (trial === 'unusable token') return { notKnown: 'the token is no secret of Standard Webhooks' }
  if (trial.kind === 'no answer') return { notKnown: `the webhook gives ${trial.why}` }
  if (trial.status === 200) return 'let in'
  // The address comes after the token: only a right one gets so far.
  if (trial.status === 403 && allowedIps) return 'let in'
  return trial.status === 401 ? 'refused' : { notKnown: `the webhook answers ${trial.status}` }
}
