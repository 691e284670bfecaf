import { expect, it } from 'vitest'
import { signedRecently } from '../../../functions/shared/proofs.ts'

const NOW = Date.parse('2026-01-05T10:00:00Z')

it.each([
  ['1767607200', true],
  ['1767607140', true],
  ['1767607230', true],
  ['1767607139', false],
  ['1767607231', false],
  // The header must be in seconds; this one is in milliseconds.
  ['1767607200000', false],
  ['', false],
  ['now', false],
  ['1767607200.0', false],
  ['+1767607200', false],
  ['0x695b8ae0', false],
  ['1.7676072e9', false],
  [' 1767607200', false],
  ['1767607200,1767607200', false],
])('%j, up to a minute before 1767607200 or half a minute after: %s', (timestamp, recent) => {
  expect(signedRecently(timestamp, 60, NOW)).toBe(recent)
})
