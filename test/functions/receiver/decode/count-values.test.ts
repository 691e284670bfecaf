import { expect, it } from 'vitest'
import { countValues } from '../../../../functions/receiver/exact-json.ts'

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
  expect(countValues('['.repeat(1_000), 10)).toEqual({ values: 11, names: 0, longNumber: false })
})

it('counts the names of all objects', () => {
  expect(countValues('{"a":{"b":":"},"a\\":":[{"":1}]}', 100).names).toBe(4)
})

it.each([
  ['[9007199254740992]', true],
  ['{"a":-9007199254740.993e3}', true],
  ['[1e309]', true],
  ['[1.5E+309]', true],
  ['[9007199254740991]', true],
  ['[900719925474099]', false],
  ['[1e21,1e-309,12.5]', false],
  ['{"1234567890123456789":"1234567890123456789 1e309"}', false],
  ['["\\"",1234567890123456]', true],
])('whether %s may hold a long number: %s', (text, longNumber) => {
  expect(countValues(text, 100).longNumber).toBe(longNumber)
})
