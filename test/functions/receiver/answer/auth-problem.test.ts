import { describe, expect, test } from 'vitest'
import { authProblem } from '../../../../functions/receiver/answer/auth-problem.ts'
import { Connections } from '../../../../functions/shared/connection.ts'

const connectionOf = (settings: object) => Connections.parse({ default: settings }).default
const BY_DEFAULT = connectionOf({})
const by = (...authentication: object[]) => connectionOf({ authentication })
const signedBy = (authentication: object) =>
  connectionOf({ authentication: [authentication], signedEndpoint: 'records' })
const BASIC = by({ kind: 'basic', user: 'fixture-user' })

test.each(['no credentials', 'wrong credentials'] as const)(
  'the answer to %s names its kind and a challenge for each way',
  (failure) => {
    const [problem, title] =
      failure === 'no credentials'
        ? ['no-token', 'The request has no token or signature']
        : ['wrong-token', 'The token or the signature is not valid for this connection']
    expect(authProblem(failure, BY_DEFAULT)).toEqual({
      problem,
      status: 401,
      title,
      detail: expect.stringMatching(/^Send "x-api-key: /),
      headers: {
        'www-authenticate': 'ApiKey realm="actioniq-braze-bridge", Bearer realm="actioniq-braze-bridge"',
      },
    })
    expect(authProblem(failure, BASIC).headers).toEqual({
      'www-authenticate': 'Basic realm="actioniq-braze-bridge"',
    })
    expect(authProblem(failure, signedBy({ kind: 'standard-webhooks' })).headers).toEqual({
      'www-authenticate': 'Signature realm="actioniq-braze-bridge"',
    })
  },
)

const CHECK_THE_NAME =
  'Each connection has its own credentials: if yours belong to another connection, correct the name in the URL (/v1/<connection>/…; a URL without a name means the default connection).'

const HMAC = { kind: 'hmac', header: 'X-Signature' }
const OVER_BODY =
  'The signature is the HMAC-SHA256 of the raw body as it is sent (if it is compressed, the compressed bytes). The key is the inbound token as text.'

describe.each<[way: string, connection: ReturnType<typeof connectionOf>, form: string]>([
  [
    'the default connection',
    BY_DEFAULT,
    'Send "x-api-key: <inbound token>": the token as it is, without quotes or spaces. ' +
      'Or send "Authorization: Bearer <inbound token>": the word Bearer, a space, and the token as it is, without quotes or spaces.',
  ],
  [
    'a header of another name',
    by({ kind: 'header', name: 'X-Fixture-Key' }),
    'Send "x-fixture-key: <inbound token>": the token as it is, without quotes or spaces.',
  ],
  [
    'basic, with the user name',
    BASIC,
    'Send "Authorization: Basic <base64>" (RFC 7617), where <base64> is the encoding of "fixture-user:<inbound token>" in UTF-8: ' +
      'the user name "fixture-user", a colon, and the token.',
  ],
  [
    'an hmac in hex',
    signedBy(HMAC),
    'Send "x-signature: <64 hex digits>", in upper or lower case. Base64 is not accepted. ' +
      `There is no prefix. ${OVER_BODY}`,
  ],
  [
    'an hmac behind a prefix',
    signedBy({ ...HMAC, prefix: 'sha256=' }),
    'Send "x-signature: sha256=<64 hex digits>", in upper or lower case. Base64 is not accepted. ' +
      `The prefix must be exactly "sha256=". ${OVER_BODY}`,
  ],
  [
    'an hmac in base64',
    signedBy({ ...HMAC, prefix: 'v0 ', encoding: 'base64' }),
    'Send "x-signature: v0 <44 characters of base64>", with the "=" at the end. Hex digits are not accepted. ' +
      `The prefix must be exactly "v0 ". ${OVER_BODY}`,
  ],
  [
    'an hmac with a time',
    signedBy({ ...HMAC, timestampHeader: 'X-Signed-At', toleranceSeconds: 60 }),
    'Send "x-signature: <64 hex digits>", in upper or lower case. Base64 is not accepted. There is no prefix. ' +
      'The signature is the HMAC-SHA256 of "<timestamp>.<body>": the value of "x-signed-at", a dot, and the raw body as it is sent (if it is compressed, the compressed bytes). ' +
      'The key is the inbound token as text. ' +
      '"x-signed-at" is the time of signing in whole seconds since 1970: ten digits, not milliseconds, not ISO 8601. ' +
      "By the bridge's clock, it must be at most 60 seconds ago, and at most 30 seconds ahead.",
  ],
  [
    'standard webhooks',
    signedBy({ kind: 'standard-webhooks' }),
    'Send "webhook-id: <id>" with an id that contains no dot, "webhook-timestamp: <seconds>" and "webhook-signature: v1,<44 characters of base64>". ' +
      'The signature is the HMAC-SHA256 of "<webhook-id>.<webhook-timestamp>.<body>": the two headers, each with a dot after it, and the raw body as it is sent (if it is compressed, the compressed bytes). ' +
      'The key is the inbound token without "whsec_", decoded from base64. ' +
      '"webhook-timestamp" is the time of signing in whole seconds since 1970: ten digits, not milliseconds, not ISO 8601. ' +
      "By the bridge's clock, it must be at most 240 seconds ago, and at most 30 seconds ahead.",
  ],
])('%s: the answer says the form that is expected', (_, connection, form) => {
  test('of who sends no credentials', () => {
    expect(authProblem('no credentials', connection).detail).toBe(`${form} ${CHECK_THE_NAME}`)
  })

  test('and of who sends wrong ones, who may have the wrong token too', () => {
    expect(authProblem('wrong credentials', connection).detail).toBe(
      `${form} If the form is correct, copy the inbound token again from the connection's secret in AWS Secrets Manager. ${CHECK_THE_NAME}`,
    )
  })
})

test('a foreign address is forbidden', () => {
  expect(authProblem('address not allowed', BY_DEFAULT)).toMatchObject({
    problem: 'address-not-allowed',
    status: 403,
  })
})

test('a secret that cannot be read is worth another try', () => {
  expect(authProblem('secret unreadable', BY_DEFAULT)).toMatchObject({
    status: 503,
    headers: { 'retry-after': '10' },
  })
})
