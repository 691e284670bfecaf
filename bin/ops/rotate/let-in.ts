import type { Connection } from '../../../functions/shared/connection.ts'
import type { Knock, Knocked } from '../knock.ts'

/** Whether the webhook takes a token at this moment. `notKnown` says why, for a person. */
export type LetIn = 'let in' | 'refused' | 'not tried' | { notKnown: string }

/**
 * Shows a token in the first of a connection's ways.
 * @param knock undefined where the webhook asks for a client certificate, which the commands have not.
 */
export async function isLetIn(
  name: string,
  connection: Connection,
  token: string,
  knock: Knock | undefined,
): Promise<LetIn> {
  if (!knock) return 'not tried'
  const [way] = connection.authentication
  return way ? judge(await knock(name, way, token), connection) : { notKnown: 'the connection has no way in' }
}

function judge(knocked: Knocked, { allowedIps }: Connection): LetIn {
  if (knocked === 'unusable token') return { notKnown: 'the token is no secret of Standard Webhooks' }
  if (knocked.kind === 'no answer') return { notKnown: `the webhook gives ${knocked.why}` }
  if (knocked.status === 200) return 'let in'
  // The address comes after the token: only a right one gets so far.
  if (knocked.status === 403 && allowedIps) return 'let in'
  return knocked.status === 401 ? 'refused' : { notKnown: `the webhook answers ${knocked.status}` }
}
