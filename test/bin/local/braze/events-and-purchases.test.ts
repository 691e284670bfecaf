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

test.each(['2026-11-20', '2026-11-20T10:00', '2026-11-20T10:00:09.250+01:00', '2026-11-20T10:00:00+0100'])(
  'the time %s is taken as it stands',
  (time) => {
    const braze = openBraze()
    sendTrack(braze, { events: [{ ...event, time }] })
    expect(braze.events()[0]?.time).toBe(time)
  },
)

test.each([
  ['no time', { time: undefined }, 'time must be a date of ISO 8601'],
  ['an epoch as time', { time: 1763632805 }, 'time must be a date of ISO 8601'],
  ['an impossible date', { time: '2026-13-40T10:00:00Z' }, 'time must be a date of ISO 8601'],
  ['a spelled-out date', { time: 'November 20, 2026' }, 'time must be a date of ISO 8601'],
  ['no name', { name: undefined }, 'name must be a string'],
  ['an empty name', { name: '' }, 'The name of an event must not be empty'],
  ['a name with $', { name: '$seen' }, 'The name of an event must not begin with $'],
  ['a long name', { name: 'n'.repeat(256) }, 'The name of an event must be at most 255 characters long'],
  [
    'no user',
    { external_id: undefined },
    'One of external_id, user_alias, braze_id, email, phone is required',
  ],
  ['properties in a text', { properties: 'sku' }, 'properties must be an object'],
  ['the property time', { properties: { time: 1 } }, "time is reserved and can't be a property"],
  [
    'the property event_name',
    { properties: { event_name: 1 } },
    "event_name is reserved and can't be a property",
  ],
  ['an empty key', { properties: { '': 1 } }, 'The key of a property must not be empty'],
  ['a key with $', { properties: { $sku: 1 } }, 'The key of a property must not begin with $'],
  [
    'a long key',
    { properties: { ['k'.repeat(256)]: 1 } },
    'The key of a property must be at most 255 characters long',
  ],
  // {"a":"…"} has 8 bytes around its text.
  [
    '102,401 bytes',
    { properties: { a: 'x'.repeat(102_393) } },
    'properties must be at most 102400 bytes long',
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
  ['no product_id', { product_id: undefined }, 'product_id must be a string that is not empty'],
  ['an odd currency', { currency: 'Euro' }, 'currency must be an ISO 4217 code'],
  ['a price in a text', { price: '9.50' }, 'price must be a number'],
  ['no time', { time: undefined }, 'time must be a date of ISO 8601'],
  [
    '50 KB of properties',
    { properties: { a: 'x'.repeat(51_200) } },
    'properties must be at most 51200 bytes long',
  ],
])('a purchase with %s is refused', (_, changed, error) => {
  expect(errorOf('purchases', { ...purchase, ...changed })).toBe(error)
})
