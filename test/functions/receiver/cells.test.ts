import { describe, expect, it } from 'vitest'
import { readField, readFlag } from '../../../functions/receiver/cells.ts'
import { parseExactly } from '../../../functions/receiver/exact-json.ts'
import type { Json } from '../../../functions/shared/json.ts'

const words = (operation: string, ...all: string[]) => all.map((word): [Json, string] => [word, operation])

describe('an operation', () => {
  it.each<[Json, string]>([
    ...words('enter', 'add', 'join', 'enter', 'entered', 'true', '1', ' Enter ', 'ADD'),
    ...words('leave', 'remove', 'delete', 'leave', 'exit', 'exited', 'false', '0', 'LEAVE'),
    ...words('none', 'update', 'upsert'),
    [true, 'enter'],
    [1, 'enter'],
    [false, 'leave'],
    [0, 'leave'],
  ])('%s means %s', (value, operation) => {
    expect(readField('op', value)).toBe(operation)
  })

  it.each([
    ['another word', 'fixture-op'],
    ['another number', 2],
    ['a list', ['enter']],
    ['an object that cannot be made a text', { toString: 1 }],
    ['a number that a double does not keep', JSON.rawJSON('12345678901234567890')],
  ])('is not %s', (_, value) => {
    expect(readField('op', value)).toEqual({ code: 'OP_UNKNOWN' })
  })
})

describe('an id', () => {
  it.each([
    ['007', '007'],
    [1042, '1042'],
    [-1, '-1'],
    [0, '0'],
    [JSON.rawJSON('1234567890123456789'), '1234567890123456789'],
  ])('%s stays as it is', (value, text) => {
    expect(readField('external id', value)).toBe(text)
  })

  it.each([[1.5], [1e300], [true], [['u-1']], [{ id: 'u-1' }], [JSON.rawJSON('1e400')]])(
    'is not %s',
    (value) => {
      expect(readField('external id', value)).toEqual({ code: 'VALUE_NOT_TEXT' })
    },
  )
})

it.each([
  '9007199254740991',
  '9007199254740992',
  '9007199254740993',
  '76561198000000000',
  '1234567890123456768',
])('the id %s keeps its digits, whether or not a double does', (digits) => {
  expect(readField('external id', parseExactly(digits))).toBe(digits)
})

it('an id that lost its digits in an exponent is refused', () => {
  expect(readField('external id', parseExactly('9.007199254740993e15'))).toEqual({
    code: 'VALUE_NOT_TEXT',
  })
})

it.each([null, '', '  '])('%j is an empty cell in every field', (value) => {
  expect(readField('external id', value)).toBeUndefined()
  expect(readField('op', value)).toBeUndefined()
  expect(readField('time', value)).toBeUndefined()
})

it('takes outer spaces from what becomes part of a name in Braze', () => {
  expect(readField('audience', ' 1042 ')).toBe('1042')
  expect(readField('split', '2 ')).toBe('2')
})

it('refuses a time that cannot be read', () => {
  expect(readField('time', 'fixture-soon')).toEqual({ code: 'TIME_UNREADABLE' })
})

it.each([
  [true, true],
  ['true', true],
  ['TRUE', true],
  [1, true],
  ['1', true],
  [false, false],
  ['False', false],
  [0, false],
  ['0', false],
  ['yes', undefined],
  [2, undefined],
  ['', undefined],
  [null, undefined],
  [[true], undefined],
])('the flag %j is %s', (value, flag) => {
  expect(readFlag(value)).toBe(flag)
})

it('refuses an identifier that was damaged on the way, which would be another person’s', () => {
  expect(readField('external id', 'fixture-caf\ufffd')).toEqual({ code: 'TEXT_DAMAGED' })
})
