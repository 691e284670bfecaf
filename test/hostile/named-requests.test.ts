import crypto from 'node:crypto'
import { syncBuiltinESMExports } from 'node:module'
import { afterEach, describe, expect, it } from 'vitest'
import { ask, LIVE, recordOf, row } from './ask.ts'
import type { RawRequest } from './gateway.ts'
import { SECRET } from './world.ts'

/** Each hostile header, URL and token has a name. The bodies are harmless. */

const BODY = row('"a":1')
const TAKEN = { outcome: '200', records: [recordOf('"a":1')], rejections: [] }
type Headers = RawRequest['headers']

it.each<[string, Headers]>([
  ['a second length', ['0', '5'].map((length) => ['Content-Length', length])],
  ['a length and chunks', Object.entries({ 'Content-Length': '0', 'Transfer-Encoding': 'chunked' })],
  ['another method', [['X-HTTP-Method-Override', 'DELETE']]],
  ['another path', Object.entries({ 'X-Original-URL': '/v1/events', 'X-Rewrite-URL': '/v1/events' })],
  ['another type', [['Content-Type', 'text/csv; charset=utf-7']]],
  ['a header in a header', [['X-Note', 'a\r\nx-api-key: b']]],
])('the header of %s is only text', async (_, more) => {
  expect(await ask(BODY, { headers: [LIVE, ...more] })).toMatchObject(TAKEN)
})

const WRONG = ['x-api-key', 'fixture-wrong'] as const
it.each<[string, Headers]>([
  ['the token twice', [LIVE, LIVE]],
  ['a token behind a line break', [['x-note', `a\r\nx-api-key: ${SECRET.token}`], WRONG]],
  ['two tokens in one header', [WRONG, LIVE]],
  ['a list of bearers', [['Authorization', `Bearer fixture-wrong, Bearer ${SECRET.token}`]]],
])('%s lets nobody in', async (_, headers) => {
  expect(await ask(BODY, { headers })).toMatchObject({
    outcome: '401 wrong-token',
    records: [],
    deadLetters: [],
  })
})

it.each([
  'gzip, identity',
  'identity, gzip',
  'gzip,gzip',
  'UTF-8',
  'none',
  'binary',
  'iso-8859-1',
  'deflate',
])('the encoding %s is read, because the bytes decide', async (encoding) => {
  const { outcome } = await ask(BODY, { headers: [LIVE, ['Content-Encoding', encoding]] })
  expect(outcome).toBe('200')
})

it.each(['br', 'zstd', '*', 'gzip;q=1', 'gzip\0', 'text/csv'])(
  'the encoding %s is not guessed at',
  async (encoding) => {
    const { outcome } = await ask(BODY, { headers: [LIVE, ['Content-Encoding', encoding]] })
    expect(outcome).toBe('415 encoding-unknown')
  },
)

it.each(['k'.repeat(10_240), '\0', '\ud83d', 'é😀\u2028', '"\\', '{"a":1}'])(
  'the idempotency key no. %# makes an id that SQS takes',
  async (key) => {
    const headers = [LIVE, ['Idempotency-Key', key]] as const
    expect(await ask(`[${BODY},{}]`, { headers })).toMatchObject({
      outcome: '200 IDENTIFIER_MISSING',
      rejections: [],
    })
  },
)

const params = (count: number, name: (index: number) => string, value: string) =>
  Array.from({ length: count }, (_, index) => [name(index), value] as const)
const spelt = (n: number) => `audience${'_'.repeat(n)}id`

it.each([
  ['1,000 times one audience', params(1_000, () => 'audience_id', '1042'), '400 field-unreadable'],
  ['twice one audience', params(2, () => 'audience_id', '1042'), '422 AUDIENCE_ID_INVALID'],
  ['1,000 spellings that agree', params(1_000, spelt, '1042'), '200'],
  ['1,000 that do not', [...params(999, spelt, '1042'), ['AudienceId', '1043']], '400 field-unreadable'],
  ...['%', '%zz', '%00', '%ff', '%EF%BF%BD', '+', '%2520'].map(
    (text) =>
      [
        text,
        [
          [text, text],
          ['run', text],
        ],
        '200',
      ] as const,
  ),
] as const)('the URL with %s is answered', async (_, query, outcome) => {
  expect(await ask(BODY, { query })).toMatchObject({ outcome })
})

it('1,000 parameters that mean nothing are counted, and twenty of them named', async () => {
  const { summary } = await ask(BODY, { query: params(1_000, (n) => `p${n}`, 'fixture-value') })
  expect(summary).toMatchObject({ moreIgnoredFields: 980 })
  expect(summary.ignoredFields).toHaveLength(20)
})

it('__proto__ beside the rows, in the URL and among the headers changes nothing', async () => {
  const { records, summary } = await ask(`{"__proto__":{"audience_id":"1042"},"records":[${BODY}]}`, {
    query: [...params(1, () => '__proto__', 'fixture-value'), ['constructor', 'fixture-value']],
    headers: [LIVE, ['__proto__', 'fixture-value']],
  })
  expect(records).toEqual([recordOf('"a":1')])
  expect(summary).toMatchObject({ ignoredFields: ['__proto__', '__proto__', 'constructor'] })
})

it('the path /v1/default/records is another way to write ours', async () => {
  expect(await ask(BODY, { path: '/v1/default/records' })).toMatchObject(TAKEN)
})

it.each([
  '/v1/records/',
  '/v1//records',
  '/v1/./records',
  '/v1/x/../records',
  '/v1/records%2f',
  '/v1/records/..',
  '/v1/%72ecords',
  '/v1/records\n',
  '/v1/records?',
  '//v1/records',
  '/v1/__proto__/records',
  '/v1/constructor',
  `/v1/${'a/'.repeat(5_000)}records`,
  '',
])('there is nothing at the path %j', async (path) => {
  expect((await ask(BODY, { path })).outcome).toMatch(/^404 /)
})

describe('a token is compared', () => {
  const { timingSafeEqual } = crypto
  afterEach(() => {
    crypto.timingSafeEqual = timingSafeEqual
    syncBuiltinESMExports()
  })

  /** Records, in hexadecimal, every pair of values that authentication compares for a request. */
  async function comparisons(token: string) {
    const compared: string[][] = []
    const hex = ({ buffer, byteOffset, byteLength }: NodeJS.ArrayBufferView) =>
      Buffer.from(buffer, byteOffset, byteLength).toString('hex')
    crypto.timingSafeEqual = (given, live) => {
      compared.push([hex(given), hex(live)])
      return timingSafeEqual(given, live)
    }
    syncBuiltinESMExports()
    const { outcome } = await ask('[]', { headers: [['x-api-key', token]] })
    return { outcome, compared }
  }

  // These hashes were made with `printf %s <token> | sha256sum`.
  const TOKEN = '54e89f92618092b2f2829e184db11e334dd0a3958de62aab66f3a411041bea0e'
  const PREVIOUS = 'e1c937aa1825319b872334780efaad639a15b6146e786497ad6bb97eeb101d52'
  const OTHER = '4d4d144044333308baf12f9f716d15bd9e44fa637b4c36d30a1d96e0e68fdc4b'
  const both = (given: string) => [TOKEN, PREVIOUS].map((live) => [given, live])

  it('by SHA-256 with each live one, whatever fits', async () => {
    expect(await comparisons(SECRET.token)).toEqual({ outcome: '200', compared: both(TOKEN) })
  })

  it('again after the secret was read again, if it is wrong', async () => {
    const compared = [...both(OTHER), ...both(OTHER)]
    expect(await comparisons('fixture-wrong')).toEqual({ outcome: '401 wrong-token', compared })
  })

  it.each(['x', 'é', '\0', '\ud83d', 'x'.repeat(10_000), SECRET.token.slice(1), `${SECRET.token}\0`])(
    'at the same length, whatever length it has: no. %#',
    async (token) => {
      const { outcome, compared } = await comparisons(token)
      expect(outcome).toBe('401 wrong-token')
      expect(compared.flat().map((side) => side.length)).toEqual(Array(8).fill(64))
    },
  )
})
