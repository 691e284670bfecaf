import type { AuthFailure } from '../../shared/authenticate.ts'
import type { Authentication, Connection } from '../../shared/connection.ts'
import { type Problem, SECRET_UNREADABLE } from '../problems.ts'

/**
 * The answer to an unauthenticated request. It says what the connection asks for, so that an admin who sets
 * up a sender can see it. It names headers and kinds of credentials, but never the values that are compared.
 */
export function authProblem(authFailure: AuthFailure, { authentication }: Connection): Problem {
  switch (authFailure) {
    case 'no credentials':
      return {
        problem: 'no-token',
        status: 401,
        title: 'The request carries no token or signature',
        detail: `Send ${authentication.map(requirement).join(', or ')}.`,
        headers: challenge(authentication),
      }
    case 'wrong credentials':
      return {
        problem: 'wrong-token',
        status: 401,
        title: 'The token or the signature is not a valid one',
        detail: [...new Set(authentication.map(advice))].join(' '),
        headers: challenge(authentication),
      }
    case 'address not allowed':
      return ADDRESS_NOT_ALLOWED
    case 'secret unreadable':
      return SECRET_UNREADABLE
  }
}

const ADDRESS_NOT_ALLOWED: Problem = {
  problem: 'address-not-allowed',
  status: 403,
  title: 'Requests may not come from this address',
  detail:
    'The token or the signature is right, but this connection takes requests from certain addresses only. Have the sender\'s addresses added to its "allowedIps".',
}

function requirement(way: Authentication): string {
  switch (way.kind) {
    case 'header':
      return `the inbound token in the header "${way.name}"`
    case 'bearer':
      return '"Authorization: Bearer <inbound token>"'
    case 'basic':
      return `"Authorization: Basic …" with the connection's user and the inbound token as the password`
    case 'hmac': {
      const time = way.timestampHeader && `, and the time of signing in "${way.timestampHeader}"`
      return `an HMAC-SHA256 signature of the body in the header "${way.header}"${time ?? ''}`
    }
    case 'standard-webhooks':
      return 'the Standard Webhooks headers "webhook-id", "webhook-timestamp" and "webhook-signature"'
  }
}

const COPY_THE_TOKEN =
  'Copy the inbound token from the secret that the stack names in its outputs; spaces and quotes do not belong to it.'
const SIGN_AS_SENT =
  'A signature is made with the inbound token over the bytes as they are sent, compressed if they are, and the time of signing must be close to now.'

const advice = ({ kind }: Authentication) =>
  kind === 'hmac' || kind === 'standard-webhooks' ? SIGN_AS_SENT : COPY_THE_TOKEN

/** HTTP requires a challenge in each 401 (RFC 9110, 15.5.2). Only Bearer and Basic are registered schemes. */
const SCHEMES = {
  bearer: 'Bearer',
  basic: 'Basic',
  header: 'ApiKey',
  hmac: 'Signature',
  'standard-webhooks': 'Signature',
} as const satisfies Record<Authentication['kind'], string>

function challenge(authentication: readonly Authentication[]): Record<string, string> {
  const schemes = new Set(authentication.map(({ kind }) => SCHEMES[kind]))
  const challenges = [...schemes].map((scheme) => `${scheme} realm="actioniq-braze-bridge"`)
  return { 'www-authenticate': challenges.join(', ') }
}
