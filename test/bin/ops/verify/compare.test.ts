import { describe, expect, test } from 'vitest'
import { differenceIn } from '../../../../bin/ops/verify/compare.ts'

describe('a custom attribute is held', () => {
  test.each([
    ['as it is', 'x', 'x'],
    ['false', false, false],
    ['a number, however it is written', 1, 1.0],
    ['a day as a moment', '2026-01-05', '2026-01-05T00:00:00.000Z'],
    ['a moment in another zone', '2026-01-05T11:00:00+01:00', '2026-01-05T10:00:00Z'],
    ['a list', ['a', 1], ['a', 1]],
    ['an object in another order', { a: 1, b: ['x'] }, { b: ['x'], a: 1 }],
    ['a time inside an object', { at: { $time: '2026-01-05' } }, { at: '2026-01-05T00:00:00Z' }],
    ['removed', null, undefined],
    ['an empty text that is left out', '', undefined],
    ['an empty list that is left out', [], undefined],
  ])('%s', (_, sent, held) => {
    const custom = held === undefined ? {} : { tier: held }
    expect(differenceIn({ custom, standard: {} }, 'tier', sent)).toBeUndefined()
  })
})

describe('a custom attribute differs', () => {
  test.each([
    ['x', undefined, 'missing'],
    [false, undefined, 'missing'],
    [true, false, 'another value'],
    ['x', 'X', 'another value'],
    ['1', 1, 'another type'],
    [true, 'true', 'another type'],
    [null, 'x', 'still there'],
    ['2026-01-05', '2026-01-06T00:00:00Z', 'another value'],
    ['20260105', '2026-01-05', 'another value'],
    [['a', 'b'], ['b', 'a'], 'another value'],
    [{ a: 1 }, { a: 1, b: 2 }, 'another value'],
    [['a'], { 0: 'a' }, 'another type'],
  ])('sent %j, held %j: %s', (sent, held, difference) => {
    const custom = held === undefined ? {} : { tier: held }
    expect(differenceIn({ custom, standard: {} }, 'tier', sent)).toBe(difference)
  })

  test('when its name is that of a member of every object', () => {
    expect(differenceIn({ custom: {}, standard: {} }, 'toString', 'x')).toBe('missing')
  })
})

describe('a field of Braze’s own', () => {
  test.each([
    ['email', 'Fixture-A@example.com', 'fixture-a@example.com'],
    ['phone', '+49 30 1234', '+49301234'],
    ['phone', '0049301234', '+49301234'],
    ['dob', '1980-12-21T00:00:00Z', '1980-12-21'],
    ['country', 'de', 'DE'],
    ['gender', 'female', 'F'],
    ['first_name', null, undefined],
    ['first_name', '', undefined],
  ])('%s is held: sent %j, held %j', (name, sent, held) => {
    expect(differenceIn({ custom: {}, standard: { [name]: held } }, name, sent)).toBeUndefined()
  })

  test.each([
    ['email', 'fixture-a@example.com', 'fixture-b@example.com', 'another value'],
    ['first_name', 'fixture-name', undefined, 'missing'],
    ['first_name', null, 'fixture-name', 'still there'],
  ])('%s differs: sent %j, held %j', (name, sent, held, difference) => {
    expect(differenceIn({ custom: { [name]: sent }, standard: { [name]: held } }, name, sent)).toBe(
      difference,
    )
  })
})
