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
  expect(countValues(text, 100).values).toBe(count)
})

it('stops one past the limit', () => {
  expect(countValues('['.repeat(1_000), 10)).toEqual({ values: 11, names: 0 })
})

it('counts the names of all objects', () => {
  expect(countValues('{"a":{"b":":"},"a\\":":[{"":1}]}', 100).names).toBe(4)
})
