import { describe, expect, it } from 'vitest'
import { authenticate } from '../../../functions/receiver/authenticate.ts'
import type { InboundSecret } from '../../../functions/shared/secrets.ts'
import { CONNECTION } from './settings-fixture.ts'

const LIVE: InboundSecret = { token: 'fixture-token-current', previousToken: 'fixture-token-previous' }
const SENDER = { name: 'default', connection: CONNECTION }
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const ask = (headers: Record<string, string>, secret = LIVE) =>
  authenticate({ headers }, SENDER, { readSecret: () => async () => secret, log: quiet })

describe('authenticate', () => {
  it.each([
    ['the x-api-key header', { 'x-api-key': 'fixture-token-current' }],
    ['a bearer', { authorization: 'Bearer fixture-token-current' }],
    ['a bearer, however it is spelt', { authorization: 'bearer  fixture-token-current' }],
    ['the value before the rotation', { 'x-api-key': 'fixture-token-previous' }],
    [
      'one right token beside a wrong one',
      { 'x-api-key': 'fixture-wrong', authorization: 'Bearer fixture-token-current' },
    ],
  ])('lets %s in', async (_, headers) => {
    expect(await ask(headers)).toBeUndefined()
  })

  it.each([
    ['another token', { 'x-api-key': 'fixture-wrong' }],
    ['a token with a space more', { 'x-api-key': 'fixture-token-current ' }],
    ['the beginning of a token', { 'x-api-key': 'fixture-token' }],
  ])('refuses %s', async (_, headers) => {
    expect(await ask(headers)).toMatchObject({
      problem: 'wrong-token',
      status: 401,
      headers: { 'www-authenticate': 'Bearer realm="actioniq-braze-bridge"' },
    })
  })

  it.each([
    ['no header', {}],
    ['an empty one', { 'x-api-key': '' }],
    ['another scheme', { authorization: 'Basic Zml4dHVyZQ==' }],
  ])('asks for a token where there is %s', async (_, headers) => {
    expect(await ask(headers)).toMatchObject({ problem: 'no-token', status: 401 })
  })

  it('is not kept busy by many spaces before a character that ends a line', async () => {
    const before = process.cpuUsage()
    const headers = { authorization: `Bearer${' '.repeat(100_000)}\u2028` }
    expect(await ask(headers)).toMatchObject({ problem: 'no-token', status: 401 })
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
  })

  it('refuses the previous value once it is gone', async () => {
    expect(
      await ask({ 'x-api-key': 'fixture-token-previous' }, { token: 'fixture-token-current' }),
    ).toMatchObject({
      status: 401,
    })
  })

  it('reads the secret again before it refuses, since the token may have been rotated in just now', async () => {
    const asked: unknown[] = []
    const refused = await authenticate({ headers: { 'x-api-key': 'fixture-token-next' } }, SENDER, {
      readSecret: () => async (options) => {
        asked.push(options)
        return options?.olderThanMs === undefined ? LIVE : { token: 'fixture-token-next' }
      },
      log: quiet,
    })
    expect(refused).toBeUndefined()
    expect(asked).toEqual([undefined, { olderThanMs: 10_000 }])
  })

  it('lets nobody in while the secret cannot be read, and says when to come again', async () => {
    const errors: unknown[] = []
    const refused = await authenticate({ headers: { 'x-api-key': 'fixture-token-current' } }, SENDER, {
      readSecret: () => async () => {
        throw new TypeError('fixture-message')
      },
      log: { ...quiet, error: (message, fields) => errors.push(message, fields?.error) },
    })
    expect(refused).toMatchObject({ status: 503, headers: { 'retry-after': '10' } })
    expect(errors).toEqual(['the inbound secret could not be read', 'TypeError'])
  })
})
