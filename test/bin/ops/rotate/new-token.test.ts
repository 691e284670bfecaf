import { expect, test } from 'vitest'
import { newToken } from '../../../../bin/ops/rotate/new-token.ts'

const bytes = (first: number) => (count: number) =>
  Uint8Array.from({ length: count }, (_, n) => (first + n) % 256)

test('48 letters and digits, which every field takes', () => {
  expect(newToken([{ kind: 'bearer' }], bytes(0))).toBe('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuv')
})

test('bytes that would make some letters likelier are left out', () => {
  // The bytes 240 to 247 are used, 248 to 255 are skipped, and then the bytes start again at 0.
  expect(newToken([{ kind: 'bearer' }], bytes(240)).slice(0, 12)).toBe('23456789ABCD')
})

test('32 bytes in base64 where Standard Webhooks signs with it', () => {
  const token = newToken([{ kind: 'bearer' }, { kind: 'standard-webhooks', toleranceSeconds: 300 }], bytes(0))
  expect(token.split('_')).toEqual(['whsec', 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8='])
})
