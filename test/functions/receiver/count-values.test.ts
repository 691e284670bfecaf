import { expect, it } from 'vitest'
import { countValues } from '../../../functions/receiver/count-values.ts'

it.each([
  ['', 0],
  ['1', 0],
  ['[]', 1],
  ['[1,2,3]', 3],
  ['{"a":1,"b":[{}]}', 4],
  ['["[{,", "\\"[{,", "\\\\", "a\\\\\\"[{,"]', 4],
  ['["never closed, [', 1],
])('%s: %i', (text, count) => {
  expect(countValues(text, 100)).toBe(count)
})

it('stops one past the limit', () => {
  expect(countValues('['.repeat(1_000), 10)).toBe(11)
})
