import { expect, test } from 'vitest'
import type { Membership, ProfileRecord } from '../../../../functions/shared/record.ts'
import { map } from '../../../../functions/worker/map/map.ts'

const RECEIVED = '2026-11-20T11:59:00.000Z'
const profile = (attributes: object) =>
  map({ type: 'profile', external_id: 'fixture-u1', attributes: attributes as never }, RECEIVED)
const event = (fields: object) =>
  map({ type: 'event', external_id: 'fixture-u1', name: 'fixture-e', ...fields }, RECEIVED)
const objectOf = (mapped: ReturnType<typeof map>) => ('object' in mapped ? { ...mapped.object } : mapped)

const DROP = 'Braze would silently drop the attribute'
const REFUSE = 'Braze would refuse or silently drop the attribute'

test.for<[what: string, attributes: object, reason: string]>([
  ['an empty name', { '': 1 }, `${REFUSE} '': the name is empty.`],
  ['a name of spaces', { '  ': 1 }, `${REFUSE} '': the name is empty.`],
  ['a leading $', { $x: 1 }, `${REFUSE} '$x': a name must not begin with $.`],
  ['256 characters of name', { ['x'.repeat(256)]: 1 }, 'a name has at most 255 characters.'],
  ['256 characters of text', { x: 'y'.repeat(256) }, `${REFUSE} 'x': a string has at most 255 characters.`],
  [
    'a long text in an array',
    { x: ['a', 'y'.repeat(256)] },
    `${REFUSE} 'x': a string has at most 255 characters.`,
  ],
  [
    'a long text to add to an array',
    { x: { add: ['y'.repeat(256)] } },
    `${REFUSE} 'x': a string has at most 255 characters.`,
  ],
  [
    '501 elements',
    { x: Array(501).fill(1) },
    "Braze would silently cut the attribute 'x': Braze keeps only the last 500 elements of an array without objects.",
  ],
  ['501 elements to add', { x: { add: Array(501).fill(1) } }, "Braze would silently cut the attribute 'x'"],
  ['a part as increment', { x: { inc: 0.5 } }, `${REFUSE} 'x': inc must be a whole number.`],
  [
    'an object over 100 KB',
    { x: { y: Array(501).fill('z'.repeat(255)) } },
    `${DROP} 'x': an object or an array has at most 102400 bytes.`,
  ],
  [
    'an array of objects over 100 KB',
    { x: Array(501).fill({ y: 'z'.repeat(255) }) },
    `${DROP} 'x': an object or an array has at most 102400 bytes.`,
  ],
  [
    'a plain array over 100 KB',
    { x: Array(500).fill('z'.repeat(255)) },
    `${DROP} 'x': an object or an array has at most 102400 bytes.`,
  ],
  [
    'null in an object',
    { x: { city: 'Lille', zip: null } },
    `${DROP} 'x': an object and the arrays in it must not contain null (at 'zip').`,
  ],
  [
    'null in an array of objects',
    { x: [{ a: 1 }, { b: [1, null] }] },
    "must not contain null (at '[1].b[1]').",
  ],
  [
    'a long text in an object',
    { x: { a: { b: 'y'.repeat(256) } } },
    "a string has at most 255 characters (at 'a.b').",
  ],
  [
    'a long key',
    { x: { ['k'.repeat(256)]: 1 } },
    `${DROP} 'x': a key of an object has at most 255 characters`,
  ],
  [
    'a key with a space',
    { x: { 'home city': 1 } },
    `${DROP} 'x': a key of an object must not contain spaces (at 'home city').`,
  ],
  [
    'a key with a dot',
    { x: { y: [{ 'a.b': 1 }] } },
    `${DROP} 'x': a key of an object must not contain '.' or '$' unless it is one of Braze's operators (at 'y[0].a.b').`,
  ],
  ['a key with $', { x: { a$: 1 } }, "(at 'a$')."],
  ['an operator that is not at the top', { x: { pets: { $add: [{ id: 1 }] } } }, "(at 'pets.$add')."],
  ['$add without a list', { x: { $add: { id: 1 } } }, "(at '$add')."],
  ['$remove without a value', { x: { $remove: [{ $identifier_key: 'id' }] } }, "(at '$remove')."],
  [
    'null in an object to add',
    { x: { $add: [{ id: 1, name: null }] } },
    "must not contain null (at '$add[0].name').",
  ],
  [
    'null in an update',
    { x: { $update: [{ $identifier_key: 'id', $identifier_value: 1, $new_object: { name: null } }] } },
    "must not contain null (at '$update[0].$new_object.name').",
  ],
  [
    'null as the value to look for',
    { x: { $remove: [{ $identifier_key: 'id', $identifier_value: null }] } },
    "must not contain null (at '$remove[0].$identifier_value').",
  ],
  [
    'a time that is none',
    { x: { at: { $time: 'soon' } } },
    `${DROP} 'x': $time must be a date or a time in a format that Braze documents, up to the year 3000 (at 'at.$time').`,
  ],
  ['null as a time', { x: { at: { $time: null } } }, "(at 'at.$time')."],
  ['an epoch as a time', { x: { at: { $time: 1763632805 } } }, "(at 'at.$time')."],
  ['a day that does not exist', { x: { at: { $time: '2026-02-30' } } }, "(at 'at.$time')."],
  ['a time after the year 3000', { x: { at: { $time: '3001-01-01' } } }, "(at 'at.$time')."],
  [
    'a second identifier',
    { user_alias: { alias_name: 'a', alias_label: 'b' } },
    'the name is an identifier, and an object may have one only.',
  ],
])('an attribute with %s is not sent', ([, attributes, reason]) => {
  expect(profile(attributes)).toMatchObject({
    code: 'ATTRIBUTE_REFUSED',
    reason: expect.stringContaining(reason),
  })
})

test.for<[what: string, value: unknown]>([
  ['a text of 255 characters', 'y'.repeat(255)],
  ['255 characters that take two code units each', '🎉'.repeat(255)],
  ['an empty text', ''],
  ['null', null],
  ['500 plain elements', Array(500).fill(1)],
  ['null in a plain array, of which Braze says nothing', ['a', null]],
  ['600 objects, whose number Braze does not limit', Array(600).fill({ id: 1 })],
  ['600 objects to add', { $add: Array(600).fill({ id: 1 }) }],
  ['an object of 102,400 bytes', { a: Array(396).fill('z'.repeat(255)), b: 'z'.repeat(218) }],
  ['a long array in an object', { a: Array(501).fill(1) }],
  ['an increment', { inc: -5 }],
  ['elements to add and to remove', { add: ['a'], remove: ['b'] }],
  [
    'all operators on an array of objects',
    {
      $add: [{ id: 3, born: { $time: '2020-05-28' } }],
      $remove: [{ $identifier_key: 'id', $identifier_value: 1 }],
      $update: [{ $identifier_key: 'id', $identifier_value: 2, $new_object: { name: 'Fixture' } }],
    },
  ],
  ['a day', { at: { $time: '1980-01-01' } }],
  ['a day of the year 0', { at: { $time: '0000-01-01' } }],
  ['the last day of the year 3000', { at: { $time: '3000-12-31' } }],
  ['a time with a zone', { at: { $time: '1980-01-01T19:20:30+01:00' } }],
  ['a time with a colon before its milliseconds', { at: { $time: '1980-01-01T19:20:30:125Z' } }],
  ['a time with a space', { at: { $time: '1980-01-01 19:20:30' } }],
  ['a day with slashes', { at: { $time: '12/31/1980' } }],
  ['a time with the name of its day', { at: { $time: 'Thu 01 31 19:20:30.UTC 1980' } }],
])('an attribute with %s is passed on as it is', ([, value]) => {
  expect(objectOf(profile({ x: value }))).toEqual({ external_id: 'fixture-u1', x: value })
})

test('the rules for nested attributes do not hold for fields of Braze', () => {
  const attributes = { push_tokens: [{ app_id: 'fixture-app', token: 't'.repeat(300) }] }
  expect(objectOf(profile(attributes))).toEqual({ external_id: 'fixture-u1', ...attributes })
})

test('names lose their outer spaces, as Braze would strip them', () => {
  expect(objectOf(profile({ ' tier ': 1 }))).toEqual({ external_id: 'fixture-u1', tier: 1 })
})

test('an audience flag is true, false or removed; ActionIQ’s own columns are no flags', () => {
  expect(profile({ AIQ_1_2: 'true' })).toMatchObject({ code: 'FLAG_NOT_BOOLEAN' })
  expect(objectOf(profile({ AIQ_1_2: null, AIQ_SEGMENT_NM: 'fixture' }))).toEqual({
    external_id: 'fixture-u1',
    AIQ_1_2: null,
    AIQ_SEGMENT_NM: 'fixture',
  })
})

test('an attribute named __proto__ is data like any other', () => {
  const mapped = profile(JSON.parse('{"__proto__":"fixture-proto"}'))
  expect('object' in mapped && JSON.stringify(mapped.object)).toBe(
    '{"external_id":"fixture-u1","__proto__":"fixture-proto"}',
  )
})

test('an external_id of 987 bytes passes, of 988 not; bytes count, not characters', () => {
  const withId = (external_id: string) =>
    map({ type: 'profile', external_id, attributes: { a: 1 } }, RECEIVED)
  expect(withId('x'.repeat(987))).toMatchObject({ user: `e:${'x'.repeat(987)}` })
  expect(withId('x'.repeat(988))).toMatchObject({ code: 'EXTERNAL_ID_TOO_LONG' })
  expect(withId('é'.repeat(494))).toMatchObject({ code: 'EXTERNAL_ID_TOO_LONG' })
})

/** As many properties as asked for. */
const properties = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, index]))

test.for([
  [
    { name: 'x'.repeat(256) },
    "refuse or silently drop the event: a name has at most 255 characters (at 'name').",
  ],
  [{ name: '$seen' }, "a name must not begin with $ (at 'name')."],
  [{ time: 'yesterday' }, "the time is not ISO 8601 (at 'time')."],
  [{ time: '2026-02-30T10:00:00Z' }, "the time is not ISO 8601 (at 'time')."],
  [{ properties: { '': 1 } }, "the name is empty (at 'properties.')."],
  [{ properties: { $x: 1 } }, "a name must not begin with $ (at 'properties.$x')."],
  [{ properties: { ['k'.repeat(256)]: 1 } }, 'a name has at most 255 characters'],
  [
    { properties: properties(257) },
    "Braze would silently cut the event: Braze keeps only the first 256 properties (at 'properties').",
  ],
  [
    { properties: { x: 'y'.repeat(102_400) } },
    "the properties are larger than 102400 bytes (at 'properties').",
  ],
] as const)('an event is not sent: %o', ([fields, reason]) => {
  expect(event(fields)).toMatchObject({ code: 'EVENT_REFUSED', reason: expect.stringContaining(reason) })
})

test.for([
  ['256 properties', { properties: properties(256) }],
  ['a long text, of which Braze says no outcome', { properties: { url: 'y'.repeat(300) } }],
  ['null as a property', { properties: { sku: null } }],
  ['a time with a space before its zone', { time: '2019-02-15 00:00:00 -0500' }],
  ['a time with a colon before its milliseconds', { time: '2019-02-15T00:00:00:125Z' }],
] as const)('an event with %s is passed on as it is', ([, fields]) => {
  expect(objectOf(event(fields))).toMatchObject(fields)
})

test('properties that Braze reserves get a free name', () => {
  expect(objectOf(event({ properties: { time: 1, time_: 2, event_name: 3, sku: 4 } }))).toMatchObject({
    properties: { time__: 1, time_: 2, event_name_: 3, sku: 4 },
  })
})

test.each([
  [{ external_id: 'fixture-u1', braze_id: 'fixture-b1' }, 'e:fixture-u1', { external_id: 'fixture-u1' }],
  [{ braze_id: 'fixture-b1' }, 'b:fixture-b1', { braze_id: 'fixture-b1' }],
  [
    { user_alias: { alias_name: 'fixture-a', alias_label: 'fixture-l' } },
    'a:["fixture-l","fixture-a"]',
    { user_alias: { alias_name: 'fixture-a', alias_label: 'fixture-l' } },
  ],
  [{ email: 'fixture@example.com' }, 'm:fixture@example.com', { email: 'fixture@example.com' }],
  [{ phone: 'fixture-phone' }, 'p:fixture-phone', { phone: 'fixture-phone' }],
])('a person is named by one identifier: %o', (ids, user, object) => {
  const mapped = map({ type: 'profile', ...ids, attributes: { a: 1 } }, RECEIVED)
  expect(mapped).toMatchObject({ user })
  expect(objectOf(mapped)).toEqual({ ...object, a: 1 })
})

test.each([
  [{ email: 'fixture@example.com' }, { ' email': 'fixture-2@example.com' }, 'email'],
  [{ phone: 'fixture-phone' }, { 'phone ': 'fixture-phone-2' }, 'phone'],
  [
    { push_token_import: true, push_tokens: [{ app_id: 'fixture-app', token: 'fixture-t1' }] },
    { ' push_tokens': [{ app_id: 'fixture-app', token: 'fixture-t2' }] },
    'push_tokens',
  ],
] as const)(
  'of %o, the attribute %o is withheld, because it would name another person',
  (ids, other, field) => {
    const record = { type: 'profile', ...ids, attributes: { ...other, tier: 1 } } as ProfileRecord
    expect(map(record, RECEIVED)).toMatchObject({
      object: { ...ids, tier: 1 },
      withheld: { code: 'ATTRIBUTE_REFUSED', fields: [field] },
    })
  },
)

test('the same e-mail address again names nobody else', () => {
  const attributes = { ' email': 'fixture@example.com', tier: 1 }
  const mapped = map({ type: 'profile', email: 'fixture@example.com', attributes }, RECEIVED)
  expect(objectOf(mapped)).toEqual({ email: 'fixture@example.com', tier: 1 })
  expect(mapped).not.toHaveProperty('withheld')
})

test('a record that names nobody is refused', () => {
  expect(objectOf(map({ type: 'event', name: 'fixture' }, RECEIVED))).toMatchObject({
    code: 'IDENTIFIER_MISSING',
  })
})

test('a flag has the name that its connection gives it, and a leave takes it away where that is asked for', () => {
  const membership = { audience_id: '1042', split_id: '2', attribute: 'in_1042_2', leave: 'null' } as const
  const record = { type: 'profile', external_id: 'fixture-u1' } as const
  const flags = (memberships: Membership[]) => objectOf(map({ ...record, memberships }, RECEIVED))
  expect(flags([{ ...membership, member: true }])).toEqual({ external_id: 'fixture-u1', in_1042_2: true })
  expect(flags([{ ...membership, member: false }])).toEqual({ external_id: 'fixture-u1', in_1042_2: null })
})

const PURCHASE = {
  type: 'purchase',
  external_id: 'fixture-u1',
  product_id: 'fixture-sku',
  currency: 'EUR',
  price: 12.5,
  time: '2026-11-20T10:00:00Z',
} as const

test("a purchase goes into its own array, with Braze's own fields beside it", () => {
  const record = {
    ...PURCHASE,
    quantity: 2,
    properties: { color: 'red', weight: null },
    fields: { app_id: 'fixture-app' },
  }
  expect(map(record, RECEIVED)).toMatchObject({
    array: 'purchases',
    user: 'e:fixture-u1',
    safe: false,
    object: {
      external_id: 'fixture-u1',
      app_id: 'fixture-app',
      product_id: 'fixture-sku',
      currency: 'EUR',
      price: 12.5,
      time: '2026-11-20T10:00:00Z',
      quantity: 2,
      properties: { color: 'red', weight: null },
    },
  })
})

test('properties of a purchase that Braze reserves get a free name', () => {
  const reserved = { time: 1, product_id: 2, quantity: 3, quantity_: 4, event_name: 5, price: 6, currency: 7 }
  expect(map({ ...PURCHASE, properties: reserved }, RECEIVED)).toMatchObject({
    object: {
      properties: {
        time_: 1,
        product_id_: 2,
        quantity__: 3,
        quantity_: 4,
        event_name_: 5,
        price_: 6,
        currency_: 7,
      },
    },
  })
})

test('an event may have properties that only a purchase may not have', () => {
  const free = { product_id: 2, quantity: 3, price: 6, currency: 7 }
  expect(objectOf(event({ properties: free }))).toMatchObject({ properties: free })
})

test.each([1, 100])('a purchase of %i pieces is passed on', (quantity) => {
  expect(map({ ...PURCHASE, quantity }, RECEIVED)).toMatchObject({ object: { quantity } })
})

test.for([
  [{ product_id: 'x'.repeat(256) }, "a name has at most 255 characters (at 'product_id')."],
  [{ product_id: '$x' }, "a name must not begin with $ (at 'product_id')."],
  [{ currency: '€12' }, "the currency is not a three-letter code of ISO 4217 (at 'currency')."],
  [{ time: 'yesterday' }, "the time is not ISO 8601 (at 'time')."],
  [{ quantity: 0 }, "the quantity is not a whole number from 1 to 100 (at 'quantity')."],
  [{ quantity: 101 }, "the quantity is not a whole number from 1 to 100 (at 'quantity')."],
  [{ quantity: 1.5 }, "the quantity is not a whole number from 1 to 100 (at 'quantity')."],
  [{ properties: { $x: 1 } }, "a name must not begin with $ (at 'properties.$x')."],
  [
    { properties: { x: 'y'.repeat(51_200) } },
    "the properties are larger than 51200 bytes (at 'properties').",
  ],
] as const)('a purchase is not sent: %o', ([fields, reason]) => {
  expect(map({ ...PURCHASE, ...fields }, RECEIVED)).toMatchObject({
    code: 'PURCHASE_REFUSED',
    reason: expect.stringContaining(reason),
  })
})
