import { describe, expect, it } from 'vitest'
import { authenticateWith } from './authentication-fixture.ts'

// Made with `printf %s <body> | openssl dgst -sha256 -hmac <token>`, and `-binary | base64`.
const HEX = 'c1622374ae68234565b688241c472481b2809c499ee9b61d72049f72c19e21b2'
const BASE64 = 'wWIjdK5oI0VltogkHEckgbKAnEme6bYdcgSfcsGeIbI='
const HEX_BY_PREVIOUS = '408c71e8ad3a1377673aece17eb6ec40fa606d4b19e284ca95932b11f05e45fe'

/** The signature of `1767607200.` followed by the body. */
const TIMED = '56e23c364f77e93ea6b5c792fe8b8a36726f7f56ab9a0e85865c318fa904e73f'

const by = (settings: object) =>
  authenticateWith({
    authentication: [{ kind: 'hmac', header: 'X-Signature', ...settings }],
    signedEndpoint: 'records',
  })
const signed = (signature: string) => ({ headers: { 'x-signature': signature } })

describe('an HMAC of the body', () => {
  it('lets in, in hexadecimal of either case', async () => {
    expect(await by({})(signed(HEX))).toBeUndefined()
    expect(await by({})(signed(HEX.toUpperCase()))).toBeUndefined()
  })

  it('lets in with the token before the rotation', async () => {
    expect(await by({})(signed(HEX_BY_PREVIOUS))).toBeUndefined()
    const secret = { token: 'fixture-token-current' }
    expect(await by({})({ ...signed(HEX_BY_PREVIOUS), secret })).toBe('wrong credentials')
  })

  it('lets in by base64 where the connection says so, and only there', async () => {
    expect(await by({ encoding: 'base64' })(signed(BASE64))).toBeUndefined()
    expect(await by({ encoding: 'base64' })(signed(HEX))).toBe('wrong credentials')
    expect(await by({})(signed(BASE64))).toBe('wrong credentials')
  })

  it('stands behind the prefix that the connection names', async () => {
    const prefixed = by({ prefix: 'sha256=' })
    expect(await prefixed(signed(`sha256=${HEX}`))).toBeUndefined()
    expect(await prefixed(signed(HEX))).toBe('wrong credentials')
    expect(await prefixed(signed(`sha999=${HEX}`))).toBe('wrong credentials')
    expect(await by({})(signed(`sha256=${HEX}`))).toBe('wrong credentials')
  })

  it('is of the bytes as they came, compressed or no text at all', async () => {
    const body = Buffer.from([0x1f, 0x8b, 0xff, 0x00])
    const signature = '5945ebe6f2c086a1433719f0499794f22fba37c2d8b926b76619096b4576097c'
    expect(await by({})({ ...signed(signature), body })).toBeUndefined()
  })

  it('is keyed with the token in UTF-8', async () => {
    const secret = { token: 'fixture-tökén-7731' }
    const signature = 'e33d82ad65bd13e60808af582bf1b479125ad4a388d04f5322b369867f89347f'
    expect(await by({})({ ...signed(signature), secret })).toBeUndefined()
  })

  it.each([
    ['of another body', HEX, '{"tier":"fixture-tier-7732"}'],
    ['that is cut off', HEX.slice(0, -2), undefined],
    ['with something behind it', `${HEX}00`, undefined],
    ['that is the token itself', 'fixture-token-current', undefined],
  ])('is wrong where it is one %s', async (_, signature, body) => {
    expect(await by({})({ ...signed(signature), ...(body !== undefined && { body }) })).toBe(
      'wrong credentials',
    )
  })

  it('is asked for where there is none', async () => {
    expect(await by({})({})).toBe('no credentials')
    expect(await by({})({ headers: { 'x-api-key': 'fixture-token-current' } })).toBe('no credentials')
  })
})

describe('an HMAC of time and body', () => {
  const timed = by({ timestampHeader: 'X-Signed-At', toleranceSeconds: 60 })
  const at = (timestamp: string, signature = TIMED) => ({
    headers: { 'x-signature': signature, 'x-signed-at': timestamp },
  })

  it.each(['2026-01-05T09:59:30Z', '2026-01-05T10:00:00Z', '2026-01-05T10:01:00Z'])(
    'lets in at %s, within the tolerance, and half a minute before its time',
    async (now) => {
      expect(await timed({ ...at('1767607200'), now })).toBeUndefined()
    },
  )

  it.each(['2026-01-05T09:59:29Z', '2026-01-05T10:01:01Z'])('is too far away at %s', async (now) => {
    expect(await timed({ ...at('1767607200'), now })).toBe('wrong credentials')
  })

  it.each(['1767607201', '1767607200000', '1767607200.0', ' 1767607200', '-1', 'NaN', '9'.repeat(400)])(
    'does not fit another time: %s',
    async (timestamp) => {
      expect(await timed(at(timestamp))).toBe('wrong credentials')
    },
  )

  it('signs the time along', async () => {
    expect(await timed(at('1767607200', HEX))).toBe('wrong credentials')
  })

  it('is asked for where the time is missing', async () => {
    expect(await timed(signed(TIMED))).toBe('no credentials')
  })

  it('may be four minutes old where nothing else is said', async () => {
    const byDefault = by({ timestampHeader: 'x-signed-at' })
    expect(await byDefault({ ...at('1767607200'), now: '2026-01-05T10:04:00Z' })).toBeUndefined()
    expect(await byDefault({ ...at('1767607200'), now: '2026-01-05T10:04:01Z' })).toBe('wrong credentials')
  })
})
