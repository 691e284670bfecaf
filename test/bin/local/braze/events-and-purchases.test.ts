import { expect, test } from 'vitest'
import { errorOf, NOON, openBraze, sendTrack } from './send.ts'

const event = { external_id: 'u-7731', name: 'cart_abandoned', time: '2026-11-20T10:00:00Z' }
const purchase = {
  external_id: 'u-7731',
  product_id: 'fixture-product',
  currency: 'EUR',
  price: 9.5,
  time: '2026-11-20T10:00:00Z',
}

test('events are kept in the order they arrive, with their user', () => {
  const braze = openBraze()
  sendTrack(braze, {
    events: [
      { ...event, properties: { sku: 'fixture-sku-1' } },
      { ...event, name: 'second' },
    ],
  })
  expect(braze.events()).toEqual([
    {
      external_id: 'u-7731',
      braze_id: '7566ab596d7d92c22ea95a47',
      name: 'cart_abandoned',
      time: '2026-11-20T10:00:00Z',
      at: NOON,
      properties: { sku: 'fixture-sku-1' },
    },
    {
      external_id: 'u-7731',
      braze_id: '7566ab596d7d92c22ea95a47',
      name: 'second',
      time: '2026-11-20T10:00:00Z',
      at: NOON,
      properties: {},
    },
  ])
})

test('an event sent twice is two events', () => {
  const braze = openBraze()
  sendTrack(braze, { events: [event] })
  sendTrack(braze, { events: [event] })
  expect(braze.events()).toHaveLength(2)
})

test('a future time becomes now', () => {
  const braze = openBraze()
  sendTrack(braze, { events: [{ ...event, time: '2026-11-20T12:00:01Z' }] })
  expect(braze.events()[0]?.time).toBe('2026-11-20T12:00:00.000Z')
})

test.each([
  '2026-11-20',
  '2026-11-20T10:00',
  '2026-11-20T10:00:09.250+01:00',
  '2026-11-20T10:00:00+0100',
  '2019-02-15 00:00:00 -0500',
  '2026-11-20T10:00:09:250Z',
])('the time %s is accepted unchanged', (time) => {
  const braze = openBraze()
  sendTrack(braze, { events: [{ ...event, time }] })
  expect(braze.events()[0]?.time).toBe(time)
})

test.each([
  ['no time', { time: undefined }, 'the time is not ISO 8601'],
  ['an epoch as time', { time: 1763632805 }, 'the time is not ISO 8601'],
  ['an impossible date', { time: '2026-13-40T10:00:00Z' }, 'the time is not ISO 8601'],
  ['a spelled-out date', { time: 'November 20, 2026' }, 'the time is not ISO 8601'],
  ['no name', { name: undefined }, 'name must be a string'],
  ['an empty name', { name: '' }, 'the name is empty'],
  ['a name with $', { name: '$seen' }, 'a name must not begin with $'],
  ['a long name', { name: 'n'.repeat(256) }, 'a name has at most 255 characters'],
  [
    'no user',
    { external_id: undefined },
    "'external_id', 'braze_id', 'user_alias', 'email' or 'phone' is required",
  ],
  ['properties in a text', { properties: 'sku' }, 'properties must be an object'],
  ['the property time', { properties: { time: 1 } }, "Invalid 'properties' field"],
  ['the property event_name', { properties: { event_name: 1 } }, "Invalid 'properties' field"],
  ['an empty key', { properties: { '': 1 } }, 'the name is empty'],
  ['a key with $', { properties: { $sku: 1 } }, 'a name must not begin with $'],
  ['a long key', { properties: { ['k'.repeat(256)]: 1 } }, 'a name has at most 255 characters'],
  // {"a":"…"} has 8 bytes around its text.
  [
    '102,401 bytes',
    { properties: { a: 'x'.repeat(102_393) } },
    'the properties are larger than 102400 bytes',
  ],
])('an event with %s is refused', (_, changed, error) => {
  expect(errorOf('events', { ...event, ...changed })).toBe(error)
})

test('102,400 bytes of properties pass, and so does a long text in them', () => {
  const braze = openBraze()
  sendTrack(braze, { events: [{ ...event, properties: { a: 'x'.repeat(102_392) } }] })
  expect(braze.events()).toHaveLength(1)
})

test('an event for existing users only vanishes where there is none', () => {
  const braze = openBraze()
  const { status } = sendTrack(braze, { events: [{ ...event, _update_existing_only: true }] })
  expect({ status, events: braze.events(), vanished: braze.vanished().length }).toEqual({
    status: 201,
    events: [],
    vanished: 1,
  })
})

test('of 257 properties the first 256 are kept', () => {
  const braze = openBraze()
  const properties = Object.fromEntries(Array.from({ length: 257 }, (_, index) => [`p${index}`, index]))
  expect(sendTrack(braze, { events: [{ ...event, properties }] }).status).toBe(201)
  expect(Object.keys(braze.events()[0]?.properties ?? {}).slice(-2)).toEqual(['p254', 'p255'])
  expect(braze.vanished()).toEqual([
    {
      user: 'external_id:u-7731',
      at: NOON,
      why: 'broken rule',
      rule: 'Braze keeps only the first 256 properties',
    },
  ])
})

test.each([{}, { _update_existing_only: false }])(
  'an event or a purchase by an unknown alias vanishes: %o',
  (flag) => {
    const braze = openBraze()
    const by = { external_id: undefined, user_alias: { alias_name: 'a-1', alias_label: 'l' }, ...flag }
    const answer = sendTrack(braze, {
      events: [{ ...event, ...by }],
      purchases: [{ ...purchase, ...by }],
    })
    expect(answer.body).toEqual({ message: 'success', events_processed: 1, purchases_processed: 1 })
    expect([braze.profiles(), braze.events(), braze.purchases()]).toEqual([[], [], []])
    expect(braze.vanished()).toMatchObject([{ why: 'unknown user' }, { why: 'unknown user' }])
  },
)

test('a number as product_id counts as its digits', () => {
  const braze = openBraze()
  sendTrack(braze, { purchases: [{ ...purchase, product_id: 1 }] })
  expect(braze.purchases()).toMatchObject([{ product_id: '1' }])
})

test('a purchase is kept', () => {
  const braze = openBraze()
  sendTrack(braze, { purchases: [purchase] })
  expect(braze.purchases()).toEqual([
    {
      external_id: 'u-7731',
      braze_id: '7566ab596d7d92c22ea95a47',
      product_id: 'fixture-product',
      currency: 'EUR',
      price: 9.5,
      time: '2026-11-20T10:00:00Z',
      at: NOON,
      properties: {},
    },
  ])
})

test.each([
  ['no product_id', { product_id: undefined }, 'product_id must be a string'],
  ['an empty product_id', { product_id: '' }, 'the name is empty'],
  ['a long product_id', { product_id: 'p'.repeat(256) }, 'a name has at most 255 characters'],
  ['a quantity of 0', { quantity: 0 }, "'quantity' is not valid"],
  ['a quantity of 101', { quantity: 101 }, "'quantity' is not valid"],
  ['a quantity in a text', { quantity: '2' }, "'quantity' is not valid"],
  ['the property price', { properties: { price: 1 } }, "Invalid 'properties' field"],
  ['the property currency', { properties: { currency: 1 } }, "Invalid 'properties' field"],
  ['the property product_id', { properties: { product_id: 1 } }, "Invalid 'properties' field"],
  ['the property quantity', { properties: { quantity: 1 } }, "Invalid 'properties' field"],
  ['an odd currency', { currency: 'Euro' }, 'the currency is not a three-letter code of ISO 4217'],
  ['a price in a text', { price: '9.50' }, 'price must be a number'],
  ['no time', { time: undefined }, 'the time is not ISO 8601'],
  [
    '50 KB of properties',
    { properties: { a: 'x'.repeat(51_200) } },
    'the properties are larger than 51200 bytes',
  ],
])('a purchase with %s is refused', (_, changed, error) => {
  expect(errorOf('purchases', { ...purchase, ...changed })).toBe(error)
})
