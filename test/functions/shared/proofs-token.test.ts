import { describe, expect, it } from 'vitest'
import { authenticateWith } from './authentication-fixture.ts'

const ask = authenticateWith({ authentication: [{ kind: 'header', name: 'x-api-key' }, { kind: 'bearer' }] })

describe('a token', () => {
  it.each([
    ['the x-api-key header', { 'x-api-key': 'fixture-token-current' }],
    ['a bearer', { authorization: 'Bearer fixture-token-current' }],
    ['a bearer, however it is spelt', { authorization: 'bearer  fixture-token-current' }],
    ['the value before the rotation', { 'x-api-key': 'fixture-token-previous' }],
    [
      'one right token beside a wrong one',
      { 'x-api-key': 'fixture-wrong', authorization: 'Bearer fixture-token-current' },
    ],
  ])('lets in by %s', async (_, headers) => {
    expect(await ask({ headers })).toBeUndefined()
  })

  it.each([
    ['another one', { 'x-api-key': 'fixture-wrong' }],
    ['one with a space more', { 'x-api-key': 'fixture-token-current ' }],
    ['the beginning of one', { 'x-api-key': 'fixture-token' }],
  ])('is wrong where it is %s', async (_, headers) => {
    expect(await ask({ headers })).toBe('wrong credentials')
  })

  it.each([
    ['no header', {}],
    ['an empty one', { 'x-api-key': '' }],
    ['another scheme', { authorization: 'Basic Zml4dHVyZQ==' }],
    ['the token without its scheme', { authorization: 'fixture-token-current' }],
  ])('is asked for where there is %s', async (_, headers) => {
    expect(await ask({ headers })).toBe('no credentials')
  })

  it('stands in the header that the connection names, in any case of letters', async () => {
    const named = authenticateWith({ authentication: [{ kind: 'header', name: 'X-Fixture-Key' }] })
    expect(await named({ headers: { 'x-fixture-key': 'fixture-token-current' } })).toBeUndefined()
    expect(await named({ headers: { 'x-api-key': 'fixture-token-current' } })).toBe('no credentials')
  })

  it.each(['__proto__', 'constructor'])('is no property of every object: %s', async (name) => {
    const named = authenticateWith({ authentication: [{ kind: 'header', name }] })
    expect(await named({})).toBe('no credentials')
  })

  it('keeps nobody busy by many spaces before a character that ends a line', async () => {
    const before = process.cpuUsage()
    const headers = { authorization: `Bearer${' '.repeat(100_000)}\u2028` }
    expect(await ask({ headers })).toBe('no credentials')
    expect(process.cpuUsage(before).user).toBeLessThan(1_000_000)
  })
})
