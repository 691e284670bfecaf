import { expect, it } from 'vitest'
import { parseExactly, survivesAsDouble } from '../../../functions/receiver/exact-json.ts'

it.each([
  '9007199254740992',
  '9007199254740993',
  '-9007199254740993',
  '1234567890123456789',
  '1234567890123456789.5',
  '1000000000000000000000000',
  '1e400',
  '-1E+999',
  '9007199254740993e0',
  '9007199254740.993e3',
  '0.9007199254740993E16',
  '-1.2345678901234567891e18',
])('%s, which a double may not keep, is written back as it came', (digits) => {
  const value = parseExactly(`{"a":[${digits}]}`)
  expect(JSON.stringify(value)).toBe(`{"a":[${digits}]}`)
})

it.each([
  ['9007199254740991', 9007199254740991],
  ['1767571200000', 1767571200000],
  ['0.30000000000000004', 0.30000000000000004],
  ['0.333333333333333333333', 0.3333333333333333],
  ['1e21', 1e21],
  ['1e100', 1e100],
  ['1.5E300', 1.5e300],
  ['9007199254740.993', 9007199254740.992],
  ['123456789012345.6e-5', 1234567890.123456],
  ['-0', -0],
])('%s is an ordinary number', (digits, number) => {
  expect(parseExactly(`[${digits}]`)).toEqual([number])
})

it('finds such a number wherever it stands', () => {
  for (let before = 0; before < 40; before++) {
    const text = `${' '.repeat(before)}[9007199254740993]`
    expect(JSON.stringify(parseExactly(text))).toBe('[9007199254740993]')
  }
})

it('leaves digits in texts alone', () => {
  expect(parseExactly('{"1234567890123456789":"1234567890123456789"}')).toEqual({
    '1234567890123456789': '1234567890123456789',
  })
})

it('keeps __proto__ a plain key where it looks at every number', () => {
  const value = parseExactly('{"__proto__":{"a":1234567890123456789}}')
  expect(JSON.stringify(value)).toBe('{"__proto__":{"a":1234567890123456789}}')
})

it.each([
  ['9007199254740992', true],
  ['9007199254740993', false],
  ['9007199254740992.0', false],
  ['1e400', false],
  ['9007199254740993e0', false],
  ['9007199254740.993e3', false],
  ['1.2345678901234568e+21', true],
  ['1.2345678901234568E21', true],
])('whether %s survives as a double: %s', (digits, survives) => {
  expect(survivesAsDouble({ rawJSON: digits })).toBe(survives)
})
