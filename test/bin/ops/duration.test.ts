import { expect, test } from 'vitest'
import { durationInWords, formatDuration, parseDuration } from '../../../bin/cli/duration.ts'

test.each([
  ['0m', 0, '0 minutes'],
  ['1m', 60_000, '1 minute'],
  ['90m', 5_400_000, '90 minutes'],
  ['60m', 3_600_000, '1 hour'],
  ['36h', 129_600_000, '36 hours'],
  ['24h', 86_400_000, '1 day'],
  ['3d', 259_200_000, '3 days'],
])('%s is %d ms, in words %s', (text, ms, words) => {
  expect(parseDuration(text)).toBe(ms)
  expect(durationInWords(ms)).toBe(words)
})

test.each(['', '24', 'h', '-1h', '1.5h', '24 h', '24hours', '999999d'])('"%s" is none', (text) => {
  expect(parseDuration(text)).toBeUndefined()
})

test.each([
  [0, '0 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [7_500_000, '2 h 5 min'],
  [273_600_000, '3 d 4 h'],
])('%d ms are roughly %s', (ms, words) => {
  expect(formatDuration(ms)).toBe(words)
})
