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
  ['a name of 256 characters', { ['n'.repeat(256)]: 1 }, 'a name has at most 255 characters'],
  ['a name that begins with $', { $tier: 1 }, 'a name must not begin with $'],
  ['a name of spaces', { '  ': 1 }, 'the name is empty'],
  ['a text of 256 characters', { tier: 'x'.repeat(256) }, 'a string has at most 255 characters'],
  ['a long text in an array', { tier: ['x'.repeat(256)] }, 'a string has at most 255 characters'],
  ['inc by a fraction', { tier: { inc: 0.5 } }, 'inc must be a whole number'],
])('%s is rejected', (_, attributes, error) => {
  expect(errorOf('attributes', { ...u, ...attributes })).toBe(error)
})

const TOO_LARGE = 'an object or an array has at most 102400 bytes'
const NULL = 'an object and the arrays in it must not contain null'
const SIGN = "a key of an object must not contain '.' or '$' unless it is one of Braze's operators"

test.each([
  ['null in an object', { city: 'Lille', zip: null }, `${NULL} (at zip)`],
  ['null in an array of objects', [{ id: 1 }, { tags: [null] }], `${NULL} (at [1].tags[0])`],
  ['a long text in an object', { a: 'x'.repeat(256) }, 'a string has at most 255 characters (at a)'],
  ['a key with a space', { 'home city': 1 }, 'a key of an object must not contain spaces (at home city)'],
  ['a key with a dot', { 'a.b': 1 }, `${SIGN} (at a.b)`],
  ['an inner key with $', { a: [{ b$: 1 }] }, `${SIGN} (at a[0].b$)`],
  ['an operator without its list', { $add: 1 }, `${SIGN} (at $add)`],
  [
    'a malformed time',
    { at: { $time: 'soon' } },
    '$time must be a date or a time in a format that Braze documents, up to the year 3000 (at at.$time)',
  ],
  [
    'a time after the year 3000',
    { at: { $time: '3001-01-01' } },
    '$time must be a date or a time in a format that Braze documents, up to the year 3000 (at at.$time)',
  ],
  ['an object over 100 KB', { a: new Array(401).fill('x'.repeat(255)) }, TOO_LARGE],
  ['a plain array over 100 KB', new Array(500).fill('x'.repeat(255)), TOO_LARGE],
])('an attribute with %s is reported as processed and silently dropped', (_, value, rule) => {
  const braze = openBraze()
  attributesAfter(braze, { home: 'before', level: 1 })
  const answer = sendTrack(braze, { attributes: [{ ...u, home: value, level: 2 }] })
  expect(answer).toEqual({ status: 201, body: { message: 'success', attributes_processed: 1 } })
  expect(braze.profile(u)?.custom_attributes).toEqual({ home: 'before', level: 2 })
  expect(braze.vanished()).toEqual([
    { user: 'external_id:u-7731', at: NOON, why: 'broken rule', attribute: 'home', value, rule },
  ])
})

test('an array of 501 plain elements loses its first element', () => {
  const braze = openBraze()
  const shops = Array.from({ length: 501 }, (_, index) => index)
  expect(attributesAfter(braze, { shops })?.shops).toEqual(shops.slice(1))
  expect(braze.vanished()).toMatchObject([{ why: 'broken rule', attribute: 'shops' }])
})

test('an array of objects may have more than 500 elements', () => {
  const braze = openBraze()
  const pets = Array.from({ length: 501 }, (_, id) => ({ id }))
  expect(attributesAfter(braze, { pets })).toEqual({ pets })
  expect(braze.vanished()).toEqual([])
})

const gus = { id: 1, type: 'dog', name: 'Gus' }
const larry = { id: 4, type: 'fish', name: 'Larry' }

test.each<[string, sent: Record<string, unknown>, stored: unknown]>([
  ['$add appends', { pets: { $add: [{ id: 5 }] } }, [gus, larry, { id: 5 }]],
  [
    '$remove removes all that match',
    { pets: { $remove: [{ $identifier_key: 'type', $identifier_value: 'dog' }] } },
    [larry],
  ],
  [
    '$update replaces the object',
    {
      pets: {
        $update: [{ $identifier_key: 'id', $identifier_value: 4, $new_object: { id: 4, name: 'Annette' } }],
      },
    },
    [gus, { id: 4, name: 'Annette' }],
  ],
  [
    '$update merges into the object with _merge_objects',
    {
      _merge_objects: true,
      pets: {
        $update: [{ $identifier_key: 'id', $identifier_value: 4, $new_object: { name: 'Annette' } }],
      },
    },
    [gus, { id: 4, type: 'fish', name: 'Annette' }],
  ],
  [
    '$remove comes after $add',
    {
      pets: {
        $remove: [{ $identifier_key: 'id', $identifier_value: 1 }],
        $add: [{ id: 1, name: 'Gus again' }],
      },
    },
    [larry],
  ],
  [
    '$update comes after $remove',
    {
      pets: {
        $update: [{ $identifier_key: 'id', $identifier_value: 1, $new_object: { id: 9 } }],
        $remove: [{ $identifier_key: 'id', $identifier_value: 9 }],
      },
    },
    [{ id: 9 }, larry],
  ],
])('%s', (_, sent, stored) => {
  const braze = openBraze()
  attributesAfter(braze, { pets: [gus, larry] })
  expect(attributesAfter(braze, sent)).toEqual({ pets: stored })
  expect(braze.vanished()).toEqual([])
})

test('$add creates the array where there is none', () => {
  expect(attributesAfter(openBraze(), { pets: { $add: [gus] } })).toEqual({ pets: [gus] })
})

test('an addition that makes the array too large is silently dropped', () => {
  const braze = openBraze()
  const pets = Array.from({ length: 390 }, (_, id) => ({ id, note: 'x'.repeat(240) }))
  attributesAfter(braze, { pets })
  expect(attributesAfter(braze, { pets: { $add: pets } })?.pets).toHaveLength(390)
  expect(braze.vanished()).toMatchObject([{ attribute: 'pets', why: 'broken rule', rule: TOO_LARGE }])
})

test('_merge_objects merges at every depth, and null inside the object drops the update', () => {
  const braze = openBraze()
  attributesAfter(braze, { song: { name: 'Solea', plays: { count: 1, top: true } } })
  attributesAfter(braze, { _merge_objects: true, song: { year: 1960, plays: { count: 2 } } })
  const song = { name: 'Solea', year: 1960, plays: { count: 2, top: true } }
  expect(attributesAfter(braze, { _merge_objects: true, song: { year: null } })).toEqual({ song })
})

test('a time in an object is stored as it was sent', () => {
  const dates = { birthday: { $time: '1980-01-01' } }
  expect(attributesAfter(openBraze(), { dates })).toEqual({ dates })
})

test.each<[string, first: unknown, second: unknown, stored: unknown]>([
  ['1 becomes true', false, 1, true],
  ['T becomes true', false, 'T', true],
  ['"false" becomes false', true, 'false', false],
  ['another text is ignored where a boolean was first', true, 'yes', true],
  ['digits become a number', 1, '2.5', 2.5],
  ['a text is ignored where a number was first', 1, 'two', 1],
  ['a number is ignored where a text was first', 'one', 2, 'one'],
])('of a value with another type, %s', (_, first, second, stored) => {
  const braze = openBraze()
  attributesAfter(braze, { tier: first })
  expect(attributesAfter(braze, { tier: second })).toEqual({ tier: stored })
})

test('one bad attribute fails its whole object', () => {
  const braze = openBraze()
  sendTrack(braze, { attributes: [{ ...u, tier: 'fine', $bad: 1 }, { external_id: 'u-other' }] })
  expect(braze.profile(u)).toBeUndefined()
})
