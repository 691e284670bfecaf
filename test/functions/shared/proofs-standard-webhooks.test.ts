import { describe, expect, it } from 'vitest'
import { authenticateWith } from './authentication-fixture.ts'

/**
 * This example comes from the tests of the reference libraries of Standard Webhooks
 * (github.com/standard-webhooks/standard-webhooks, libraries/javascript, "sign function works").
 */
const KEY = ['MfKQ9r8GKYqr', 'TwjUPD8ILPZIo2LaLaSw'].join('')
const ID = 'msg_p5jXN8AQM9LWM0D4loKWxJek'
const TIMESTAMP = '1614265330'
const SIGNED_AT = '2021-02-25T15:02:10Z'
const BODY = '{"test": 2432232314}'
const SIGNATURE = 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='

/** Signed with the same key by `Webhook.sign` of the npm package standardwebhooks 1.1.1. */
const OTHER = {
  id: 'msg_fixture_7731',
  timestamp: '1767607200',
  body: '{"tier":"fixture-tier-ü-7731"}',
  signature: 'v1,fLCZfeIETqIdrcvQB8zN1tdEZyOxFqD5lVh1rCjQSvU=',
}

const by = (settings: object = {}) =>
  authenticateWith({
    authentication: [{ kind: 'standard-webhooks', ...settings }],
    signedEndpoint: 'records',
  })
const ask = by()
const headersOf = (signature = SIGNATURE, timestamp = TIMESTAMP, id = ID) => ({
  'webhook-id': id,
  'webhook-timestamp': timestamp,
  'webhook-signature': signature,
})
const published = (headers: Record<string, string> = headersOf()) => ({
  headers,
  body: BODY,
  now: SIGNED_AT,
  secret: { token: KEY },
})

describe('a standard webhook', () => {
  it('lets the published example in', async () => {
    expect(await ask(published())).toBeUndefined()
  })

  it('lets in what the reference library signs, beyond ASCII too', async () => {
    const { id, timestamp, body, signature } = OTHER
    const headers = headersOf(signature, timestamp, id)
    expect(await ask({ headers, body, now: '2026-01-05T10:00:00Z', secret: { token: KEY } })).toBeUndefined()
  })

  it('lets in by a secret with its mark, and by one of letters and digits that AWS generates', async () => {
    expect(await ask({ ...published(), secret: { token: ['whsec', KEY].join('_') } })).toBeUndefined()
    // The reference library made this signature for the body of `OTHER`.
    const headers = headersOf('v1,myPnhmw2JpK7shEcEWHhP2EuV8IBJu8KexCubYUQfbc=', '1767607200', 'fixture-7731')
    const secret = { token: 'fixtureTokenOfLettersAndDigits7731fixtureToken77' }
    expect(await ask({ headers, body: OTHER.body, now: '2026-01-05T10:00:00Z', secret })).toBeUndefined()
  })

  it('lets in by the secret before the rotation', async () => {
    const secret = { token: 'fixtureTokenOfLettersAndDigits7731', previousToken: KEY }
    expect(await ask({ ...published(), secret })).toBeUndefined()
  })

  it.each([
    ['behind another one', `v1,AAAA ${SIGNATURE}`],
    ['before another one', `${SIGNATURE} v1,AAAA`],
    ['among other versions', `v1a,AAAA ${SIGNATURE} v2,AAAA`],
  ])('may have its signature %s', async (_, signature) => {
    expect(await ask(published(headersOf(signature)))).toBeUndefined()
  })

  it.each([
    ['another body', { ...published(), body: '{"test": 2432232315}' }],
    ['another id', published(headersOf(SIGNATURE, TIMESTAMP, 'msg_other'))],
    ['another time', published(headersOf(SIGNATURE, '1614265331'))],
    ['another version', published(headersOf(SIGNATURE.replace('v1', 'v1a')))],
    ['no version', published(headersOf(SIGNATURE.slice(3)))],
    ['signatures with a comma between', published(headersOf(`v1,AAAA,${SIGNATURE}`))],
    ['another secret', { ...published(), secret: { token: 'fixtureTokenOfLettersAndDigits7731' } }],
    ['four minutes and a second later', { ...published(), now: '2021-02-25T15:06:11Z' }],
    ['half a minute and a second earlier', { ...published(), now: '2021-02-25T15:01:39Z' }],
  ])('does not fit %s', async (_, given) => {
    expect(await ask(given)).toBe('wrong credentials')
  })

  it('is timely for four minutes, or as long as the connection says, and half a minute before', async () => {
    expect(await ask({ ...published(), now: '2021-02-25T15:06:10Z' })).toBeUndefined()
    expect(await ask({ ...published(), now: '2021-02-25T15:01:40Z' })).toBeUndefined()
    const shorter = by({ toleranceSeconds: 60 })
    expect(await shorter({ ...published(), now: '2021-02-25T15:03:10Z' })).toBeUndefined()
    expect(await shorter({ ...published(), now: '2021-02-25T15:03:11Z' })).toBe('wrong credentials')
  })

  it('has no dot in its id, or a part of the id could be passed off as the time', async () => {
    // Made with `printf %s a.1614265330.1614265330.<body> | openssl dgst -sha256 -mac HMAC -macopt hexkey:<key> -binary | base64`.
    const signature = 'v1,HLta8uBV8L0HhhExm0/7sF4eV88f8A383FR/jRHqCcc='
    const dotted = published(headersOf(signature, TIMESTAMP, 'a.1614265330'))
    expect(await ask(dotted)).toBe('wrong credentials')
    const moved = { ...published(headersOf(signature, TIMESTAMP, 'a')), body: `1614265330.${BODY}` }
    expect(await ask(moved)).toBeUndefined()
  })

  it.each(['webhook-id', 'webhook-timestamp', 'webhook-signature'])('needs %s', async (name) => {
    const { [name]: _, ...headers }: Record<string, string> = headersOf()
    expect(await ask(published(headers))).toBe('no credentials')
  })

  it('is never signed with a key that was lost because the secret is no base64', async () => {
    // Made with `printf %s <id>.<time>.<body> | openssl dgst -sha256 -mac HMAC -macopt hexkey: -binary | base64`.
    const headers = headersOf('v1,woH/1mJtZGSMCmpFTxRYbStS24eLLD/oXIYr4PYyZ7g=')
    expect(await ask({ ...published(headers), secret: { token: '!!!!!!!!!!!!!!!!' } })).toBe(
      'wrong credentials',
    )
  })
})
