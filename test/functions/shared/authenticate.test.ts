import { describe, expect, it } from 'vitest'
import { authenticate, authenticateSender, withTokensOnly } from '../../../functions/shared/authenticate.ts'
import { ReadFailedRecently } from '../../../functions/shared/secrets.ts'
import { authenticateWith, LIVE, quiet, senderWith } from './authentication-fixture.ts'

const BY_DEFAULT = {}
const ask = authenticateWith(BY_DEFAULT)
const request = (headers: Record<string, string>) => ({
  headers,
  body: Buffer.alloc(0),
  sourceIp: '192.0.2.7',
})
const now = () => 0

describe('authenticate', () => {
  it('refuses the previous value once it is gone', async () => {
    const headers = { 'x-api-key': 'fixture-token-previous' }
    expect(await ask({ headers })).toBeUndefined()
    expect(await ask({ headers, secret: { token: 'fixture-token-current' } })).toBe('wrong credentials')
  })

  it('reads the secret again before it refuses, since the token may have been rotated in just now', async () => {
    const asked: unknown[] = []
    const refused = await authenticate(
      request({ 'x-api-key': 'fixture-token-next' }),
      senderWith(BY_DEFAULT),
      {
        readSecret: () => async (options) => {
          asked.push(options)
          return options?.olderThanMs === undefined ? LIVE : { token: 'fixture-token-next' }
        },
        now,
        log: quiet,
      },
    )
    expect(refused).toBeUndefined()
    expect(asked).toEqual([undefined, { olderThanMs: 10_000 }])
  })

  it('reads the secret of the connection that was asked for', async () => {
    const read: string[] = []
    await authenticate(request({ 'x-api-key': 'fixture-token-current' }), senderWith(BY_DEFAULT), {
      readSecret: (name) => {
        read.push(name)
        return async () => LIVE
      },
      now,
      log: quiet,
    })
    expect(read).toEqual(['crm'])
  })

  it('lets nobody in while the secret cannot be read', async () => {
    const errors: unknown[] = []
    const refused = await authenticate(
      request({ 'x-api-key': 'fixture-token-current' }),
      senderWith(BY_DEFAULT),
      {
        readSecret: () => async () => {
          throw new TypeError('fixture-message')
        },
        now,
        log: { ...quiet, error: (message, fields) => errors.push(message, fields?.error) },
      },
    )
    expect(refused).toBe('secret unreadable')
    expect(errors).toEqual(['the inbound secret could not be read', 'TypeError'])
  })

  it('logs nothing for a read that did not take place because one failed a moment ago', async () => {
    const errors: unknown[] = []
    const failure = await authenticate(
      request({ 'x-api-key': 'fixture-token-current' }),
      senderWith(BY_DEFAULT),
      {
        readSecret: () => async () => Promise.reject(new ReadFailedRecently()),
        now,
        log: { ...quiet, error: (message) => errors.push(message) },
      },
    )
    expect([failure, errors]).toEqual(['secret unreadable', []])
  })

  it('reads no secret for who shows nothing', async () => {
    const readSecret = () => async () => {
      throw new Error('must not be read')
    }
    expect(await authenticate(request({}), senderWith(BY_DEFAULT), { readSecret, now, log: quiet })).toBe(
      'no credentials',
    )
  })

  it('lets in by any one way of several, though another one is wrong', async () => {
    const two = authenticateWith({
      authentication: [
        { kind: 'hmac', header: 'x-signature' },
        { kind: 'basic', user: 'fixture-user' },
      ],
      signedEndpoint: 'records',
    })
    const basic = 'Basic Zml4dHVyZS11c2VyOmZpeHR1cmUtdG9rZW4tY3VycmVudA=='
    expect(await two({ headers: { authorization: basic } })).toBeUndefined()
    expect(await two({ headers: { authorization: basic, 'x-signature': '00' } })).toBeUndefined()
    expect(await two({ headers: { 'x-signature': '00' } })).toBe('wrong credentials')
  })

  it('says what a signature covers, unless the request shows the token too', async () => {
    // Made with `printf 1767607200. | openssl dgst -sha256 -hmac fixture-token-current`.
    const signature = '84bb198b0fb414a608cdfe2741bf8315561e904c47102ff5faf91f0327697be5'
    const sender = senderWith({
      authentication: [
        { kind: 'hmac', header: 'x-signature', timestampHeader: 'x-time' },
        { kind: 'header', name: 'x-api-key' },
      ],
      signedEndpoint: 'records',
    })
    const given = (headers: Record<string, string>, of = sender) =>
      authenticateSender(request(headers), of, {
        readSecret: () => async () => LIVE,
        now: () => 1_767_607_200_000,
        log: quiet,
      })
    const signed = { 'x-time': '1767607200', 'x-signature': signature }
    const covered = { signature: { kind: 'hmac', signedAt: '1767607200' } }
    expect(await given(signed)).toEqual(covered)
    expect(await given({ ...signed, 'x-api-key': 'fixture-wrong' })).toEqual(covered)
    expect(await given({ ...signed, 'x-api-key': 'fixture-token-current' })).toEqual({ signature: undefined })
    expect(await given({ 'x-api-key': 'fixture-token-current' })).toEqual({ signature: undefined })
    expect(await given(signed, withTokensOnly(sender))).toBe('no credentials')
  })

  it('takes no way that the connection does not have', async () => {
    const onlyBearer = authenticateWith({ authentication: [{ kind: 'bearer' }] })
    expect(await onlyBearer({ headers: { 'x-api-key': 'fixture-token-current' } })).toBe('no credentials')
    const onlyBasic = authenticateWith({ authentication: [{ kind: 'basic', user: 'fixture-user' }] })
    expect(await onlyBasic({ headers: { authorization: 'Bearer fixture-token-current' } })).toBe(
      'no credentials',
    )
  })

  it('asks for the token and the address both, and tells of the address only who knows the token', async () => {
    const fenced = authenticateWith({ allowedIps: ['203.0.113.0/24'] })
    const right = { 'x-api-key': 'fixture-token-current' }
    const wrong = { 'x-api-key': 'fixture-wrong' }
    expect(await fenced({ headers: right, sourceIp: '203.0.113.9' })).toBeUndefined()
    expect(await fenced({ headers: right, sourceIp: '198.51.100.9' })).toBe('address not allowed')
    expect(await fenced({ headers: wrong, sourceIp: '203.0.113.9' })).toBe('wrong credentials')
    expect(await fenced({ headers: wrong, sourceIp: '198.51.100.9' })).toBe('wrong credentials')
    expect(await fenced({ sourceIp: '203.0.113.9' })).toBe('no credentials')
  })
})
