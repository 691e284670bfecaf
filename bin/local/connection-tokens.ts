import type { Authentication } from '../../functions/shared/authentication.ts'
import { type Connections, DEFAULT_CONNECTION } from '../../functions/shared/connection.ts'
import { newToken, type RandomBytes } from '../ops/rotate/new-token.ts'

export type ConnectionToken = {
  name: string
  token: string
  /** How a sender uses the token, as text for the start banner. */
  use: string
}

/**
 * Chooses the token of each connection.
 * @param given the token of the default connection, from which the tokens of the others are derived. Without it,
 * every token is random.
 */
export const connectionTokens = (
  connections: Connections,
  given: string | undefined,
  randomBytes: RandomBytes,
): ConnectionToken[] =>
  Object.entries(connections).map(([name, { authentication }]) => ({
    name,
    token:
      given === undefined ? newToken(authentication, randomBytes) : derivedToken(given, name, authentication),
    use: authentication.map(describeMethod).join(', or '),
  }))

const derivedToken = (given: string, name: string, authentication: readonly Authentication[]) =>
  name === DEFAULT_CONNECTION ? given : tokenOf(`${given}-${name}`, authentication)

/**
 * Standard Webhooks libraries accept only base64 secrets. All other methods accept any text, this one
 * included.
 */
const tokenOf = (text: string, authentication: readonly Authentication[]) =>
  authentication.some(({ kind }) => kind === 'standard-webhooks')
    ? `whsec_${Buffer.from(text).toString('base64')}`
    : text

function describeMethod(method: Authentication): string {
  switch (method.kind) {
    case 'header':
      return `in the header ${method.name}`
    case 'bearer':
      return 'as Authorization: Bearer'
    case 'basic':
      return `as the password of ${method.user}`
    case 'hmac':
      return `as the key of the HMAC in ${method.header}`
    case 'standard-webhooks':
      return 'as the secret of Standard Webhooks'
  }
}
