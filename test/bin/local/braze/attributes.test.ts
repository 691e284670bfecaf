import { expect, test } from 'vitest'
import { attributesAfter, errorOf, NOON, openBraze, sendTrack } from './send.ts'

const u = { external_id: 'u-7731' }

test.each([
  ['a text', 'fixture-tier-7731'],
  ['an empty text', ''],
  ['a text of 255 characters', 'x'.repeat(255)],
  ['a number', 1840.5],
  ['a boolean', false],
  ['an array', ['a', 'b']],
  ['an object', { shop: { city: 'Lille' } }],
  ['an array of 500 elements', new Array(500).fill('a')],
])('%s is stored unchanged', (_, tier) => {
  expect(attributesAfter(openBraze(), { tier })).toEqual({ tier })
})

test.each<[string, Record<'first' | 'second' | 'stored', Record<string, unknown>>]>([
  [
    'values of several requests add up, and the last one of a name counts',
    { first: { tier: 'old', level: 1 }, second: { tier: 'new' }, stored: { tier: 'new', level: 1 } },
  ],
  [
    'null removes an attribute',
    { first: { tier: 'a', level: 1 }, second: { tier: null }, stored: { level: 1 } },
  ],
  ['null fixes no type', { first: { tier: null }, second: { tier: 7 }, stored: { tier: 7 } }],
  [
    'inc adds to a number, or to nothing',
    { first: { visits: { inc: 5 } }, second: { visits: { inc: -2 } }, stored: { visits: 3 } },
  ],
  ['inc on a text vanishes', { first: { tier: 'a' }, second: { tier: { inc: 1 } }, stored: { tier: 'a' } }],
  [
    'add appends, and moves existing elements to the end',
    {
      first: { shops: ['a', 'b', 'c'] },
      second: { shops: { add: ['a', 'd'] } },
      stored: { shops: ['b', 'c', 'a', 'd'] },
    },
  ],
  [
    'remove takes elements out',
    {
      first: { shops: ['a', 'b', 'c'] },
      second: { shops: { remove: ['b', 'x'] } },
      stored: { shops: ['a', 'c'] },
    },
  ],
])('%s', (_, { first, second, stored }) => {
  const braze = openBraze()
  attributesAfter(braze, first)
  expect(attributesAfter(braze, second)).toEqual(stored)
})

test('names are case-sensitive, and outer spaces are stripped', () => {
  expect(attributesAfter(openBraze(), { Tier: 1, ' tier ': 2 })).toEqual({ Tier: 1, tier: 2 })
})

test('names that every object inherits are ordinary names', () => {
  const attributes = JSON.parse('{"__proto__":1,"constructor":2}')
  expect(Object.entries(attributesAfter(openBraze(), attributes) ?? {})).toEqual([
    ['__proto__', 1],
    ['constructor', 2],
  ])
})

test('null removes a standard field', () => {
  const braze = openBraze()
  attributesAfter(braze, { first_name: 'Fixture-Ada' })
  attributesAfter(braze, { first_name: null })
  expect(braze.profile(u)?.standard).toEqual({})
})

test('standard fields are stored apart from custom attributes', () => {
  const braze = openBraze()
  attributesAfter(braze, { first_name: 'Fixture-Ada', email_subscribe: 'opted_in', First_Name: 'x' })
  expect(braze.profile(u)).toMatchObject({
    standard: { first_name: 'Fixture-Ada', email_subscribe: 'opted_in' },
    custom_attributes: { First_Name: 'x' },
  })
})

test('the first value seen fixes the type for every profile, and later mismatches vanish silently', () => {
  const braze = openBraze()
  sendTrack(braze, { attributes: [{ external_id: 'u-first', AIQ_1_1: 'true' }] })
  const answer = sendTrack(braze, { attributes: [{ ...u, AIQ_1_1: true, level: 1 }] })
  expect(answer.body).toEqual({ message: 'success', attributes_processed: 1 })
  expect(braze.profile(u)?.custom_attributes).toEqual({ level: 1 })
  expect(braze.vanished()).toEqual([
    {
      user: 'external_id:u-7731',
      at: NOON,
      why: 'type mismatch',
      attribute: 'AIQ_1_1',
      value: true,
      fixedType: 'string',
    },
  ])
})

test('a type stays fixed when the attribute is removed', () => {
  const braze = openBraze()
  attributesAfter(braze, { tier: 'a text' })
  attributesAfter(braze, { tier: null })
  expect(attributesAfter(braze, { tier: 7 })).toEqual({})
})

test('two objects of one request fix types in their order', () => {
  const braze = openBraze()
  sendTrack(braze, {
    attributes: [
      { external_id: 'u-first', tier: 1 },
      { ...u, tier: 'a text' },
    ],
  })
  expect(braze.profile(u)?.custom_attributes).toEqual({})
})

test('add to a full array drops its first element', () => {
  const braze = openBraze()
  attributesAfter(braze, { shops: Array.from({ length: 500 }, (_, index) => index) })
  expect(attributesAfter(braze, { shops: { add: ['new'] } })?.shops).toHaveLength(500)
  expect(braze.profile(u)?.custom_attributes.shops).toContain('new')
  expect(braze.profile(u)?.custom_attributes.shops).not.toContain(0)
})

test.each([
  [
    'a name of 256 characters',
    { ['n'.repeat(256)]: 1 },
    'The name of an attribute must be at most 255 characters long',
  ],
  ['a name that begins with $', { $tier: 1 }, 'The name of an attribute must not begin with $'],
  ['a name of spaces', { '  ': 1 }, 'The name of an attribute must not be empty'],
  ['a text of 256 characters', { tier: 'x'.repeat(256) }, 'A string must be at most 255 characters long'],
  ['a long text in an array', { tier: ['x'.repeat(256)] }, 'A string must be at most 255 characters long'],
  ['an array of 501 elements', { tier: new Array(501).fill(1) }, 'An array must have at most 500 elements'],
  [
    'adding 501 elements',
    { tier: { add: new Array(501).fill(1) } },
    'An array must have at most 500 elements',
  ],
  [
    'an object over 100 KB',
    { tier: { a: 'x'.repeat(102_400) } },
    'An object must be at most 102400 bytes long',
  ],
  ['an object key with a dot', { tier: { 'a.b': 1 } }, 'Keys of an object must not contain . or $'],
  ['an inner object key with $', { tier: { a: [{ b$: 1 }] } }, 'Keys of an object must not contain . or $'],
  ['an object key with $ in an array', { tier: [{ $a: 1 }] }, 'Keys of an object must not contain . or $'],
  ['inc by a fraction', { tier: { inc: 0.5 } }, 'inc must be a whole number'],
])('%s is rejected', (_, attributes, error) => {
  expect(errorOf('attributes', { ...u, ...attributes })).toBe(error)
})

test('one bad attribute fails its whole object', () => {
  const braze = openBraze()
  sendTrack(braze, { attributes: [{ ...u, tier: 'fine', $bad: 1 }, { external_id: 'u-other' }] })
  expect(braze.profile(u)).toBeUndefined()
})
