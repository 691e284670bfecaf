import { expect, test } from 'vitest'
import { indented, parseAsWritten } from '../../../bin/cli/json-as-written.ts'

test.each([
  ['more digits than a double keeps', '{"id":12345678901234567891}'],
  ['more than a double can hold', '[1e400]'],
  ['a zero at the end', '{"rows":[{"index":0,"row":{"price":1.10}}]}'],
  ['a whole number with a point', '{"records":[{"attributes":{"ltv":1.0}}]}'],
  ['minus zero', '[0,-0,-0.0]'],
  ['a large exponent letter', '{"a":{"b":{"c":1E5}}}'],
  ['a signed exponent', '[[1e+5],[1E-05]]'],
  ['negative, with digits that a double rounds', '{"a":[-0.1234567890123456789]}'],
  ['less than a double can hold', '{"__proto__":{"a":-1e-400}}'],
  ['in the operation on an attribute', '{"attributes":{"n":{"inc":100.00}}}'],
  ['alone', '9007199254740993'],
  ['beside digits in a text', '{"1.10":"1.10","a":1.10}'],
])('a number stays as it was written: %s', (_, json) => {
  expect(JSON.stringify(parseAsWritten(json))).toBe(json)
  expect(indented(json).replace(/\s/g, '')).toBe(json)
})

test('JSON is indented for a person, and its escaped characters are readable', () => {
  expect(indented('{"rows":[{"price":1.10,"city":"K\\u00f6ln"}]}')).toBe(
    '{\n  "rows": [\n    {\n      "price": 1.10,\n      "city": "Köln"\n    }\n  ]\n}',
  )
})

test.each(['no JSON', '', `${'['.repeat(100_000)}1${']'.repeat(100_000)}`])(
  'any other text stays',
  (text) => {
    expect(indented(text)).toBe(text)
  },
)
