import { describe, expect, it } from 'vitest'
import { authProblem } from '../../../../functions/receiver/answer/auth-problem.ts'
import { Connections } from '../../../../functions/shared/connection.ts'

const connectionOf = (settings: object) => Connections.parse({ default: settings }).default
const BY_DEFAULT = connectionOf({})
const EVERY_WAY = connectionOf({
  authentication: [
    { kind: 'header', name: 'X-Fixture-Key' },
    { kind: 'bearer' },
    { kind: 'basic', user: 'fixture-user' },
    { kind: 'hmac', header: 'X-Signature', prefix: 'fixture-prefix', timestampHeader: 'X-Signed-At' },
    { kind: 'standard-webhooks' },
  ],
})
const HMAC = connectionOf({ authentication: [{ kind: 'hmac', header: 'X-Signature' }] })

describe('who shows nothing is told what to show', () => {
  it('a token, by default', () => {
    expect(authProblem('no credentials', BY_DEFAULT)).toEqual({
      problem: 'no-token',
      status: 401,
      title: 'The request carries no token or signature',
      detail: 'Send the inbound token in the header "x-api-key", or "Authorization: Bearer <inbound token>".',
      headers: {
        'www-authenticate': 'ApiKey realm="actioniq-braze-bridge", Bearer realm="actioniq-braze-bridge"',
      },
    })
  })

  it('each way of the connection, without what is compared', () => {
    const { detail, headers } = authProblem('no credentials', EVERY_WAY)
    expect(detail).toBe(
      'Send the inbound token in the header "x-fixture-key", or "Authorization: Bearer <inbound token>", or ' +
        `"Authorization: Basic …" with the connection's user and the inbound token as the password, or an ` +
        'HMAC-SHA256 signature of the body in the header "x-signature", and the time of signing in "x-signed-at", or ' +
        'the Standard Webhooks headers "webhook-id", "webhook-timestamp" and "webhook-signature".',
    )
    expect(headers).toEqual({
      'www-authenticate':
        'ApiKey realm="actioniq-braze-bridge", Bearer realm="actioniq-braze-bridge", ' +
        'Basic realm="actioniq-braze-bridge", Signature realm="actioniq-braze-bridge"',
    })
  })

  it('a signature without a time where none is asked for', () => {
    expect(authProblem('no credentials', HMAC)).toMatchObject({
      detail: 'Send an HMAC-SHA256 signature of the body in the header "x-signature".',
      headers: { 'www-authenticate': 'Signature realm="actioniq-braze-bridge"' },
    })
  })
})

const COPY =
  'Copy the inbound token from the secret that the stack names in its outputs; spaces and quotes do not belong to it.'
const SIGN =
  'A signature is made with the inbound token over the bytes as they are sent, compressed if they are, and the time of signing must be close to now.'

it.each([
  ['a token', BY_DEFAULT, COPY],
  ['a signature', HMAC, SIGN],
  ['both', EVERY_WAY, `${COPY} ${SIGN}`],
])('whose %s is wrong is told what to look at', (_, connection, detail) => {
  expect(authProblem('wrong credentials', connection)).toMatchObject({
    problem: 'wrong-token',
    status: 401,
    title: 'The token or the signature is not a valid one',
    detail,
    headers: { 'www-authenticate': expect.stringContaining('realm="actioniq-braze-bridge"') },
  })
})

it('a foreign address is forbidden', () => {
  expect(authProblem('address not allowed', BY_DEFAULT)).toMatchObject({
    problem: 'address-not-allowed',
    status: 403,
  })
})

it('a secret that cannot be read is worth another try', () => {
  expect(authProblem('secret unreadable', BY_DEFAULT)).toMatchObject({
    status: 503,
    headers: { 'retry-after': '10' },
  })
})
