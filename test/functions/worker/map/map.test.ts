import { expect, test } from 'vitest'
import type { Membership } from '../../../../functions/shared/record.ts'
import { map } from '../../../../functions/worker/map/map.ts'

const RECEIVED = '2026-11-20T11:59:00.000Z'
const profile = (attributes: object) =>
  map({ type: 'profile', external_id: 'fixture-u1', attributes: attributes as never }, RECEIVED)
const event = (fields: object) =>
  map({ type: 'event', external_id: 'fixture-u1', name: 'fixture-e', ...fields }, RECEIVED)
const objectOf = (mapped: ReturnType<typeof map>) => ('object' in mapped ? { ...mapped.object } : mapped)

test.for([
  ['an empty name', { '': 1 }, 'the name is empty'],
  ['a name of spaces', { '  ': 1 }, 'the name is empty'],
  ['a leading $', { $x: 1 }, 'a name may not begin with $'],
  ['256 characters of name', { ['x'.repeat(256)]: 1 }, 'a name has at most 255 characters'],
  ['256 characters of text', { x: 'y'.repeat(256) }, 'a string has at most 255 characters'],
  ['501 elements', { x: Array(501).fill(1) }, 'an array holds at most 500 elements'],
  ['an object over 100 KB', { x: { y: 'z'.repeat(102_400) } }, 'an object has at most 102400 bytes'],
  ['a nested key with a dot', { x: { y: [{ 'a.b': 1 }] } }, 'the keys of an object may not hold . or $'],
  [
    'a second identifier',
    { user_alias: { alias_name: 'a', alias_label: 'b' } },
    'the name is an identifier, and an object may have one only',
  ],
] as const)('an attribute with %s is refused', ([, attributes, rule]) => {
  expect(profile(attributes)).toMatchObject({
    code: 'ATTRIBUTE_REFUSED',
    reason: expect.stringContaining(rule),
  })
})

test('what is just within the limits is passed on as it is', () => {
  const attributes = {
    ['x'.repeat(255)]: 'y'.repeat(255),
    emoji: '🎉'.repeat(255),
    list: Array(500).fill(1),
    empty: '',
    gone: null,
  }
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

test.for([
  [{ name: 'x'.repeat(256) }, 'its name has more than 255 characters'],
  [{ time: 'yesterday' }, 'its time is not ISO 8601'],
  [{ properties: { '': 1 } }, 'the name is empty'],
  [{ properties: { $x: 1 } }, 'a name may not begin with $'],
  [{ properties: { x: 'y'.repeat(102_400) } }, 'larger than 102400 bytes'],
] as const)('an event is refused: %o', ([fields, rule]) => {
  expect(event(fields)).toMatchObject({ code: 'EVENT_REFUSED', reason: expect.stringContaining(rule) })
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
    properties: { time: 'evening' },
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
      properties: { time: 'evening' },
    },
  })
})

test.for([
  [{ product_id: 'x'.repeat(256) }, 'its product_id has more than 255 characters'],
  [{ time: 'yesterday' }, 'its time is not ISO 8601'],
  [{ properties: { x: 'y'.repeat(51_200) } }, 'larger than 51200 bytes'],
] as const)('a purchase is refused: %o', ([fields, rule]) => {
  expect(map({ ...PURCHASE, ...fields }, RECEIVED)).toMatchObject({
    code: 'PURCHASE_REFUSED',
    reason: expect.stringContaining(rule),
  })
})
