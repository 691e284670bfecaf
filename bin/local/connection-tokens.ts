import {
  type Authentication,
  type Connections,
  DEFAULT_CONNECTION,
} from '../../functions/shared/connection.ts'

export type ConnectionToken = {
  name: string
  token: string
  /** How a sender uses the token, as text for the start banner. */
  use: string
}

/** Every connection other than the default one gets its own token, derived from the given token. */
export const additionalTokens = (connections: Connections, token: string): ConnectionToken[] =>
  Object.entries(connections)
    .filter(([name]) => name !== DEFAULT_CONNECTION)
    .map(([name, { authentication }]) => ({
      name,
      token: tokenOf(`${token}-${name}`, authentication),
      use: describeUse(authentication),
    }))

/**
 * Standard Webhooks libraries accept only base64 secrets. All other methods accept any text, this one
 * included.
 */
const tokenOf = (text: string, authentication: readonly Authentication[]) =>
  authentication.some(({ kind }) => kind === 'standard-webhooks')
    ? `whsec_${Buffer.from(text).toString('base64')}`
    : text

export const describeUse = (authentication: readonly Authentication[]) =>
  authentication.map(describeMethod).join(', or ')

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
