import type { AuthFailure } from '../../shared/authenticate.ts'
import type { Authentication } from '../../shared/authentication.ts'
import type { Connection } from '../../shared/connection.ts'
import { CLOCK_AHEAD_SECONDS } from '../../shared/limits.ts'
import { type Problem, SECRET_UNREADABLE } from '../problems.ts'

/**
 * The answer to an unauthenticated request. It says what the connection asks for, so that an admin who sets
 * up a sender can see it. All of it comes from the connection's settings; the user name of Basic
 * authentication is not a secret. It never shows a token, a signature or anything that the request carries.
 */
export function authProblem(authFailure: AuthFailure, { authentication }: Connection): Problem {
  switch (authFailure) {
    case 'no credentials':
      return {
        problem: 'no-token',
        status: 401,
        title: 'The request has no token or signature',
        detail: `${requirements(authentication)} ${CHECK_THE_NAME}`,
        headers: challenge(authentication),
      }
    case 'wrong credentials':
      return {
        problem: 'wrong-token',
        status: 401,
        title: 'The token or the signature is not valid for this connection',
        detail: `${requirements(authentication)} ${COPY_THE_TOKEN} ${CHECK_THE_NAME}`,
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
    'The token or the signature is right, but this connection accepts requests from certain addresses only. Ask whoever operates the bridge to add the sender\'s addresses to "allowedIps".',
}

const requirements = (ways: readonly Authentication[]) =>
  ways.map((way, index) => `${index === 0 ? 'Send' : 'Or send'} ${requirement(way)}`).join(' ')

function requirement(way: Authentication): string {
  switch (way.kind) {
    case 'header':
      return `"${way.name}: <inbound token>": the token as it is, without quotes or spaces.`
    case 'bearer':
      return '"Authorization: Bearer <inbound token>": the word Bearer, a space, and the token as it is, without quotes or spaces.'
    case 'basic':
      return `"Authorization: Basic <base64>" (RFC 7617), where <base64> is the encoding of "${way.user}:<inbound token>" in UTF-8: the user name "${way.user}", a colon, and the token.`
    case 'hmac':
      return hmacRequirement(way)
    case 'standard-webhooks':
      return `${STANDARD_WEBHOOKS} ${timeRequirement('webhook-timestamp', way.toleranceSeconds)}`
  }
}

function hmacRequirement({
  header,
  prefix,
  encoding,
  timestampHeader,
  toleranceSeconds,
}: Extract<Authentication, { kind: 'hmac' }>): string {
  const form =
    encoding === 'hex'
      ? `"${header}: ${prefix}<64 hex digits>", in upper or lower case. Base64 is not accepted.`
      : `"${header}: ${prefix}<44 characters of base64>", with the "=" at the end. Hex digits are not accepted.`
  const before = prefix === '' ? 'There is no prefix.' : `The prefix must be exactly "${prefix}".`
  const signature = `${form} ${before} The signature is the HMAC-SHA256`
  if (timestampHeader === undefined) return `${signature} of ${BODY}. ${HMAC_KEY}`
  return `${signature} of "<timestamp>.<body>": the value of "${timestampHeader}", a dot, and ${BODY}. ${HMAC_KEY} ${timeRequirement(timestampHeader, toleranceSeconds)}`
}

const BODY = 'the raw body as it is sent (if it is compressed, the compressed bytes)'
const HMAC_KEY = 'The key is the inbound token as text.'

const STANDARD_WEBHOOKS = `"webhook-id: <id>" with an id that contains no dot, "webhook-timestamp: <seconds>" and "webhook-signature: v1,<44 characters of base64>". The signature is the HMAC-SHA256 of "<webhook-id>.<webhook-timestamp>.<body>": the two headers, each with a dot after it, and ${BODY}. The key is the inbound token without "whsec_", decoded from base64.`

const timeRequirement = (header: string, toleranceSeconds: number) =>
  `"${header}" is the time of signing in whole seconds since 1970: ten digits, not milliseconds, not ISO 8601. By the bridge's clock, it must be at most ${toleranceSeconds} seconds ago, and at most ${CLOCK_AHEAD_SECONDS} seconds ahead.`

/** A person who sends the right form has the wrong token. */
const COPY_THE_TOKEN =
  "If the form is correct, copy the inbound token again from the connection's secret in AWS Secrets Manager."

/**
 * For a sender who entered the name of another connection, or of one that is not set up. The answer says the same in
 * both cases. It describes how to authenticate with the connection that the URL names, or with the default one.
 */
const CHECK_THE_NAME =
  'Each connection has its own credentials: if yours belong to another connection, correct the name in the URL (/v1/<connection>/…; a URL without a name means the default connection).'

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
