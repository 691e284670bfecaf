import { expect, it } from 'vitest'
import { countNames } from '../../../../functions/receiver/decode/json-body.ts'

it.each([
  ['nothing', null, { all: 0, different: 0 }],
  ['a list', [1, 'a', []], { all: 0, different: 0 }],
  ['rows', [{ a: 1, b: 2 }, { a: 3 }], { all: 3, different: 2 }],
  ['what is nested', { a: [{ b: { a: null } }] }, { all: 3, different: 2 }],
  ['a number kept digit by digit', { a: JSON.rawJSON('12345678901234567890') }, { all: 1, different: 1 }],
])('counts the names of %s', (_, json, names) => {
  expect(countNames(json, 10)).toEqual(names)
})

it('counts __proto__ like any other', () => {
  expect(countNames(JSON.parse('{"__proto__":{"a":1},"constructor":2}'), 10)).toEqual({
    all: 3,
    different: 3,
  })
})

it('stops once there are too many different ones', () => {
  const rows = Array.from({ length: 100 }, (_, n) => ({ [`n${n}`]: 1 }))
  expect(countNames(rows, 10)).toEqual({ all: 11, different: 11 })
})

it('bears any depth', () => {
  expect(countNames(JSON.parse('['.repeat(200_000) + ']'.repeat(200_000)), 10)).toEqual({
    all: 0,
    different: 0,
  })
})
