import { expect, test } from 'vitest'
import { leaksSensitiveData } from './sensitive-fixtures.ts'

test.each([
  ['{"service":"receiver","run":"fixture-889","audience":"fixture-1042_2"}', false],
  ['{\n    "run": "fixture-889",\n    "audience": "fixture-1042_2"\n}', false],
  ['{"service":"receiver","run":"fixture-889 or so"}', true],
  ['{"service":"receiver","run":"fixture-run"}', true],
  ['{"service":"receiver","run":"fixture-a.889"}', true],
  ['{"service":"receiver","run":"889","person":"fixture-1"}', true],
  ['{"service":"receiver","codes":{"fixture-code":1}}', true],
])('of %s: %s', (line, isTooMuch) => {
  expect(leaksSensitiveData(line)).toBe(isTooMuch)
})
